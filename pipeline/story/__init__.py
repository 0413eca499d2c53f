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
    "tell_story",
]
