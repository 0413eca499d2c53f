"""What a maintainer answers about candidates, and papers they bring themselves.

Knows the queue and the list's topics, not where the answer was given.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from db.records import Candidate, Decision, State, Verdict
from pipeline.arxiv_id import parse_arxiv_id
from pipeline.errors import DecisionError
from pipeline.lists.entry import title_key
from pipeline.triage.explain import BY_HAND
from pipeline.triage.select import topics_of_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from db.queue import Queue
    from db.records import Paper, TopicProbability
    from pipeline.lists.reader import ListFile
    from pipeline.ports import Scorer


def decide_on(
    queue: Queue,
    ids: Sequence[str],
    verdict: Verdict,
    *,
    reviewer: str,
    now: datetime,
    topic: str = "",
    reason: str = "",
) -> tuple[Candidate, ...]:
    """Record one verdict on several candidates, on all of them or on none.

    Args:
        queue: Where they wait.
        ids: Identifiers in any form that arXiv knows.
        verdict: Approve, reject or defer.
        reviewer: Who decides.
        now: When (UTC).
        topic: A topic of the list (:func:`topic_named`), or "" to keep each one's own.
        reason: Free text.

    Raises:
        DecisionError: One of ``ids`` is no identifier.
        DatabaseError: One is not in the queue, or decided already.
    """
    return queue.decide_all(
        [
            Decision(
                arxiv_id=arxiv_id,
                verdict=verdict,
                topic=topic,
                reason=reason,
                reviewer=reviewer,
                decided_at=now,
            )
            for arxiv_id in identifiers(ids)
        ]
    )


def identifiers(texts: Iterable[str]) -> tuple[str, ...]:
    """Identifiers out of whatever a person typed, each once, in order.

    Raises:
        DecisionError: One text is no identifier.
    """
    found: dict[str, None] = {}
    for text in texts:
        arxiv_id = parse_arxiv_id(text)
        if arxiv_id is None:
            raise DecisionError(
                f"{text!r} is no arXiv identifier", hint="write it like 2302.06637 or its address"
            )
        found[arxiv_id] = None
    return tuple(found)


def topic_named(name: str, lists: Sequence[ListFile]) -> str:
    """The topic of the list that a person means by ``name``, spelled as in its heading.

    Upper and lower case do not matter, and the beginning of one topic is enough.

    Raises:
        DecisionError: No topic, or more than one, is meant; the nearest are named.
    """
    topics = list(dict.fromkeys(topic.name for topic in lists[0].topics))
    wanted = name.strip().casefold()
    exact = [topic for topic in topics if topic.casefold() == wanted]
    begun = exact or [topic for topic in topics if wanted and topic.casefold().startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    by_key = {topic.casefold(): topic for topic in topics}
    near = [by_key[key] for key in difflib.get_close_matches(wanted, by_key, n=3, cutoff=0.4)]
    problem = f"more than one topic begins {name!r}" if begun else f"the list has no topic {name!r}"
    raise DecisionError(problem, hint=f"nearest: {', '.join(begun or near or topics)}")


def add_paper(
    paper: Paper,
    queue: Queue,
    lists: Sequence[ListFile],
    *,
    topic: str,
    scorer: Scorer,
    aliases: Mapping[str, str],
    reviewer: str,
    now: datetime,
) -> Candidate:
    """Take in a paper that a maintainer met elsewhere: approved, ready to publish.

    Args:
        paper: The paper itself.
        queue: Where it goes.
        lists: The list files, the one for new entries first.
        topic: Its topic as the list spells it, or "" for the likeliest.
        scorer: Asked for the topic if none is given.
        aliases: Other names of topics.
        reviewer: Who takes it in.
        now: When (UTC).

    Raises:
        DecisionError: It stands in the list already.
        DecidedError: It was decided before.
        ModelsError: No topic is given and the model cannot serve.
    """
    listed = where_listed(paper, lists)
    if listed:
        raise DecisionError(f"{paper.arxiv_id} is in the list already: {listed}")
    ranked: tuple[TopicProbability, ...] = ()
    model = ""
    relevance = 0.0
    if not topic:
        scores = scorer.score([paper])
        names = [heading.name for heading in lists[0].topics]
        ranked = topics_of_list(scores.predictions[0].topics, names, aliases)
        topic, model = ranked[0].topic, scores.model
        relevance = scores.predictions[0].relevance
    candidate = Candidate(
        paper=paper,
        topic=topic,
        topics=ranked,
        relevance=relevance,
        why=(BY_HAND,),
        model=model,
        queued_at=now,
        state=State.APPROVED,
    )
    return queue.add(candidate, reviewer=reviewer, now=now)


def where_listed(paper: Paper, lists: Sequence[ListFile]) -> str:
    """File and line of the entry that is this paper, by id or by title; "" if there is none."""
    title = title_key(paper.title)
    return next(
        (
            f"{file.document.path.name}, line {entry.line}"
            for file in lists
            for entry in file.entries
            if entry.arxiv_id == paper.arxiv_id or title_key(entry.title) == title
        ),
        "",
    )
