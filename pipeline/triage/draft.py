"""The entry as the maintainers would write it, from what is known of a paper.

Facts only: a venue is taken from the authors' own comment and only where they
say it was accepted, links from abstract and comment, key words from the
list's own vocabulary, the digest from sentences of the abstract, never all of
it. Knows no list file and writes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url, id_month
from pipeline.errors import DraftError
from pipeline.lists.entry import Entry, Link
from pipeline.lists.tex import plain_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from db.records import Candidate, Paper

MOST_KEYWORDS = 4
"""The list's own entries have 1 to 6, median 2."""
DIGEST_WORDS = 75
"""About as long as the list's own digests (median 73 words)."""
LEAST_USES = 2
"""How often the list must have used a key word before it is proposed: once is a slip or a name."""

_ACCEPTED = re.compile(
    r"(?i)\b(?:accepted|to appear|published|presented|appeared|appears|camera[- ]ready"
    r"|in proceedings of|oral|spotlight|poster)\b"
)
_NOT_YET = re.compile(r"(?i)\b(?:submitted|under review|under submission|rejected|preprint of)\b")
_VENUE = re.compile(
    r"\b(NeurIPS|ICML|ICLR|CVPR|ICCV|ECCV|WACV|BMVC|AAAI|IJCAI|AISTATS|UAI|COLT|KDD|WWW|SIGIR|CIKM"
    r"|ACL|EMNLP|NAACL|EACL|COLING|INTERSPEECH|Interspeech|ICASSP|MICCAI|ICRA|IROS|CoRL|FAccT|AIES"
    r"|USENIX Security|IEEE S&P|NDSS|CCS|ACM CCS|PETS|PoPETs|SaTML|TMLR|JMLR|TPAMI|TIP|TNNLS|TKDE"
    r"|TIFS|TDSC|ACM MM|ACM Multimedia|MLSys|AutoML|CLeaR|ECML[- ]PKDD|PAKDD|WSDM|SDM|ICDM|ACCV)"
    r"(?:\s*[-'’]?\s*(20\d\d|\d\d)\b)?"
)
_YEAR = re.compile(r"\b(20[0-4]\d)\b")
_URL = re.compile(
    r"(?:https?://)?(?:www\.)?(?:github\.com|gitlab\.com)/[\w.\-]+/[\w.\-]+", re.ASCII
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bet al\.)(?<!\bvs\.)\s+(?=[A-Z])"
)
_SAYS_WHAT_IS_NEW = re.compile(
    r"(?i)\b(?:we|this (?:paper|work|article|survey|study))\b[^.]{0,40}?\b(?:propos|present"
    r"|introduc|giv|offer|show|stud|develop|demonstrat|investigat|survey|review|find|found|analy[sz]"
    r"|examin|explor|provid|consider|address|describ|deriv|prov|establish|design|devis|formali[sz])"
)
_CONNECTIVE = re.compile(
    r"^(?:However|Thus|Hence|Therefore|Moreover|Furthermore|Then|But|And|So|Also|Instead"
    r"|Additionally|Specifically|Consequently|To (?:this|that) end|In this way|To (?:fill|bridge)"
    r" this gap|To address th(?:is|ese) (?:issues?|problems?|challenges?|gaps?)),?\s+"
)
_LEANS_ON_BEFORE = re.compile(
    r"^(?:It|They|Such|Here)\b"
    r"|^(?:\S+\s+){0,6}(?i:this|these|those)\b(?! (?:paper|work|article|survey|study)\b)"
)
"""A sentence that points back within its first words: alone, nobody knows at what."""


def draft_entry(candidate: Candidate, vocabulary: Mapping[str, int]) -> Entry:
    """An entry in the house form for an approved candidate.

    Args:
        candidate: The paper and the topic that was decided for it.
        vocabulary: The list's key words with how often each was used
            (:func:`vocabulary_of`).

    Raises:
        DraftError: No abstract was ever delivered, so there is nothing to make a digest of.
    """
    paper = candidate.paper
    if not paper.abstract:
        raise DraftError(
            f"{paper.arxiv_id} has no abstract, so its digest cannot be drafted",
            hint=f"`shortlist add {paper.arxiv_id}` fetches it again",
        )
    year, _ = id_month(paper.arxiv_id)
    return Entry(
        title=plain_title(paper.title).rstrip(" ."),
        arxiv_id=paper.arxiv_id,
        topic=candidate.topic,
        year=year,
        links=(Link(label="paper", url=abs_url(paper.arxiv_id)), *_code_links(paper)),
        authors=", ".join(plain_title(author) for author in paper.authors),
        venue=_venue(paper.comment or ""),
        keywords=_keywords(paper, candidate.topic, vocabulary),
        digest=_digest(plain_title(paper.abstract)),
        line=0,
    )


def vocabulary_of(entries: Iterable[Entry]) -> Counter[str]:
    """The list's key words, each in its most used spelling, with how often it was used."""
    spellings: dict[str, Counter[str]] = {}
    for entry in entries:
        for keyword in entry.keywords:
            spellings.setdefault(keyword.casefold(), Counter())[keyword] += 1
    return Counter({uses.most_common(1)[0][0]: uses.total() for uses in spellings.values()})


def _venue(comment: str) -> str:
    """``ICLR 2023`` where the authors say it was accepted there, else ""."""
    found = _VENUE.search(comment)
    if found is None or _NOT_YET.search(comment) or "workshop" in comment.casefold():
        return ""
    if not (_ACCEPTED.search(comment) or comment.strip(" .").startswith(found[0])):
        return ""
    short_or_long = found[2] or (_YEAR.search(comment) or ["", ""])[1]
    if not short_or_long:
        return found[1]
    year = short_or_long if len(short_or_long) == len("2023") else f"20{short_or_long}"
    return f"{found[1]} {year}"


def _code_links(paper: Paper) -> tuple[Link, ...]:
    """The first repository that abstract or comment name."""
    found = _URL.search(f"{paper.abstract} {paper.comment or ''}")
    if found is None:
        return ()
    address = re.sub(r"(?:\.git)?[.\-_]*$", "", found[0])
    return (Link(label="code", url="https://" + re.sub(r"^https?://", "", address)),)


def _keywords(paper: Paper, topic: str, vocabulary: Mapping[str, int]) -> tuple[str, ...]:
    """Key words of the list that the paper itself uses, the title's first; else the topic.

    A single word has to be the title's: in passing, every abstract says "dataset".
    """
    title = f" {_words(paper.title)} "
    text = f"{title}{_words(paper.abstract or '')} "
    used = []
    for keyword, uses in vocabulary.items():
        words = _words(keyword)
        in_title = f" {words} " in title
        if uses >= LEAST_USES and (in_title or (" " in words and f" {words} " in text)):
            used.append((not in_title, -words.count(" "), -uses, keyword))
    chosen: list[str] = []
    for *_, keyword in sorted(used):
        # "Robustness" says nothing beside "Adversarial Robustness".
        if not any(_words(keyword) in _words(other) for other in chosen):
            chosen.append(keyword)
    return tuple(chosen[:MOST_KEYWORDS]) or (topic,)


def _words(text: str) -> str:
    """Words in lower case without plural s, so that spellings of one term meet."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)  # noqa: PLR2004


def _digest(abstract: str) -> str:
    """Up to :data:`DIGEST_WORDS` words of whole sentences, from the one that says what is new.

    At least one sentence of an abstract of several is left out.
    """
    sentences = _SENTENCE_END.split(" ".join(abstract.split()))
    if len(sentences) == 1:
        words = sentences[0].split()
        return sentences[0] if len(words) <= DIGEST_WORDS else " ".join(words[:DIGEST_WORDS]) + " …"
    start = next(
        (
            place
            for place, text in enumerate(sentences)
            if _SAYS_WHAT_IS_NEW.search(text) and not _LEANS_ON_BEFORE.match(text)
        ),
        0,
    )
    chosen = _fill(sentences[start:])
    room = DIGEST_WORDS - sum(len(text.split()) for text in chosen)
    if len(chosen) == 1 and start and len(sentences[0].split()) <= room:
        chosen.insert(0, sentences[0])
    return " ".join(chosen[:-1] if len(chosen) == len(sentences) else chosen)


def _fill(sentences: Sequence[str]) -> list[str]:
    """Whole sentences from the first on, which is made to stand alone."""
    first = _CONNECTIVE.sub("", sentences[0])
    first = first[:1].upper() + first[1:]
    chosen, words = [first], len(first.split())
    for sentence in sentences[1:]:
        words += len(sentence.split())
        if words > DIGEST_WORDS:
            break
        chosen.append(sentence)
    return chosen
