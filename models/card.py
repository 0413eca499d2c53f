"""The card beside an artifact: what it was made from, and how good it was.

Plain JSON that people read too. Reading a card imports nothing heavy.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from models.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CARD_FILE = "card.json"

FORMAT = 3
"""Raised when an older program could not read what is written."""

RETRAIN = "`shortlist train` makes a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What a model was trained on.

    Attributes:
        source: Where the entries come from, in words (the list's commit).
        until: Nothing later was known.
        entries: Entries of the list: topics and neighbours come from all of them.
        entries_for_relevance: Those whose text is of the background's kind.
        background: Papers that were not added, as sampled.
        background_total: How many the sample stands for.
        background_from: First announcement day of the background, or ``None`` if not told.
        background_to: Last one.
        base_rate: Share of announced papers that the maintainers add, 0..1; a note says
            so where it is assumed and not measured.
    """

    source: str
    until: date
    entries: int
    entries_for_relevance: int
    background: int
    background_total: int
    background_from: date | None
    background_to: date | None
    base_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One text of the list with what the model said of it when it was made.

    A model that says something else after loading is not the model that was saved,
    whatever the version of scikit-learn.
    """

    row: int
    relevance: float
    topic: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known about an artifact without loading it.

    Attributes:
        version: ``until`` and a checksum of everything learned.
        trained_at: When (UTC).
        data: What it was trained on.
        topics: Topic → its entries, most first.
        scores: Measure → value 0..1, on papers held out in turn (``topic_accuracy``,
            ``topic_macro_f1``, ``relevance_auc``, ``relevance_average_precision``).
        encoder: Name of the encoder.
        encoder_identity: Name and checksum of its files.
        scikit_learn: Version it was trained with.
        notes: What it cannot do yet, one sentence each.
        probe: What it says of one entry.
        files: File beside the card → sha256; filled in when saved.
    """

    version: str
    trained_at: datetime
    data: Data
    topics: Mapping[str, int]
    scores: Mapping[str, float]
    encoder: str
    encoder_identity: str
    scikit_learn: str
    notes: tuple[str, ...]
    probe: Probe
    files: Mapping[str, str] = field(default_factory=dict)


def read_card(folder: Path) -> Card:
    """The card of the artifact in ``folder``; nothing heavy is imported.

    Raises:
        ArtifactError: There is none, or it cannot be read, or a newer program wrote it.
    """
    path = folder / CARD_FILE
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ArtifactError(
            f"no model in {folder} ({CARD_FILE} is missing)", hint=RETRAIN
        ) from None
    except OSError as error:
        raise ArtifactError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ArtifactError(f"{path} is damaged ({error})", hint=RETRAIN) from error
    if isinstance(content, dict) and isinstance(content.get("format"), int):
        if content["format"] > FORMAT:
            raise ArtifactError(
                f"{path} has format {content['format']}, this program reads up to {FORMAT}",
                hint="update Shortlist, or " + RETRAIN,
            )
        try:
            return _parse(content)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(f"{path} is damaged ({error!r})", hint=RETRAIN) from error
    raise ArtifactError(f"{path} is no model card", hint=RETRAIN)


def render_card(card: Card) -> bytes:
    """``card`` as JSON, the same bytes for the same card."""
    content = {"format": FORMAT, **asdict(card)}
    text = json.dumps(content, indent=2, ensure_ascii=False, default=_render_time)
    return (text + "\n").encode()


def _render_time(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _parse(content: dict[str, Any]) -> Card:
    data, probe = content["data"], content["probe"]
    return Card(
        version=_text(content["version"]),
        trained_at=datetime.fromisoformat(content["trained_at"]),
        data=Data(
            source=_text(data["source"]),
            until=date.fromisoformat(data["until"]),
            entries=int(data["entries"]),
            entries_for_relevance=int(data["entries_for_relevance"]),
            background=int(data["background"]),
            background_total=int(data["background_total"]),
            background_from=_day(data["background_from"]),
            background_to=_day(data["background_to"]),
            base_rate=float(data["base_rate"]),
        ),
        topics={_text(topic): int(n) for topic, n in content["topics"].items()},
        scores={_text(measure): float(value) for measure, value in content["scores"].items()},
        encoder=_text(content["encoder"]),
        encoder_identity=_text(content["encoder_identity"]),
        scikit_learn=_text(content["scikit_learn"]),
        notes=tuple(_text(note) for note in content["notes"]),
        probe=Probe(
            row=int(probe["row"]),
            relevance=float(probe["relevance"]),
            topic=_text(probe["topic"]),
            probability=float(probe["probability"]),
        ),
        files={_text(name): _text(checksum) for name, checksum in content["files"].items()},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
