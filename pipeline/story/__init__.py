"""A paper's whole story, from its announcement to the list; and why it is not here.

Joins what database and history of the list remember (:mod:`.gather`) into one
value (:mod:`.value`), and puts it into plain sentences (:mod:`.sentences`).
"""

from __future__ import annotations

from pipeline.story.gather import StoryJob, tell_story
from pipeline.story.sentences import answer_of, events_of
from pipeline.story.value import Event, Place, Story, Why, as_json

__all__ = [
    "Event",
    "Place",
    "Story",
    "StoryJob",
    "Why",
    "answer_of",
    "as_json",
    "events_of",
    "story_as_json",
    "tell_story",
]


def story_as_json(job: StoryJob, arxiv_id: str) -> dict[str, object]:
    """:func:`tell_story` for machines, with the sentences that people get."""
    story = tell_story(job, arxiv_id)
    return as_json(story, answer=answer_of(story), events=events_of(story))
