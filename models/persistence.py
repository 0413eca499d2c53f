"""Models as bytes and back, through skops: no pickle, and a written list of types.

Knows no files beyond a name for messages.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from models.card import RETRAIN
from models.errors import ArtifactError
from models.neighbours import Neighbours
from models.relevance_parts import relevance_from_parts, relevance_to_parts
from models.topics import TopicModel, topics_from_parts, topics_to_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.relevance import RelevanceModel

TRUSTED_TYPES = frozenset(
    {
        "builtins.dict",
        "builtins.float",
        "builtins.int",
        "builtins.list",
        "builtins.str",
        "numpy.ndarray",
        "sklearn.linear_model._logistic.LogisticRegression",
    }
)
"""Everything an artifact consists of.

skops itself trusts every estimator of scikit-learn and more; this list is closed.
"""

TRUSTED_LOADERS = frozenset(
    {"DictNode", "JsonNode", "ListNode", "NdArrayNode", "ObjectNode", "TypeNode"}
)
"""How skops may build them: no functions, methods, partials or pickled arrays."""

LARGEST = 64 * 2**20
"""Most bytes a model may unpack to."""


def dump_models(relevance: RelevanceModel, topics: TopicModel, neighbours: Neighbours) -> bytes:
    """The models as one compressed skops file."""
    import skops.io

    content = {
        "relevance": relevance_to_parts(relevance),
        "topics": topics_to_parts(topics),
        "neighbours": {
            "codes": neighbours.codes,
            "scales": neighbours.scales,
            "arxiv_ids": "\n".join(neighbours.arxiv_ids),
            "titles": "\n".join(neighbours.titles),
        },
    }
    dumped: bytes = skops.io.dumps(content, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    return dumped


def load_models(content: bytes, path: Path) -> tuple[RelevanceModel, TopicModel, Neighbours]:
    """The models that :func:`dump_models` wrote.

    Args:
        content: The file's bytes.
        path: Its name, for messages.

    Raises:
        ArtifactError: Not such a file, or it holds types that are not trusted.
    """
    parts = _load_trusted(content, path)
    try:
        relevance, topics, listed = parts["relevance"], parts["topics"], parts["neighbours"]
        return (
            relevance_from_parts(relevance),
            topics_from_parts(topics),
            _neighbours_from_parts(listed),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(f"{path} lacks a part ({error})", hint=RETRAIN) from error


def _neighbours_from_parts(listed: dict[str, Any]) -> Neighbours:
    arxiv_ids, titles = listed["arxiv_ids"].split("\n"), listed["titles"].split("\n")
    if "codes" not in listed:  # as up to format 2
        return Neighbours.of(listed["vectors"], arxiv_ids=arxiv_ids, titles=titles)
    return Neighbours(
        codes=listed["codes"],
        scales=listed["scales"],
        arxiv_ids=tuple(arxiv_ids),
        titles=tuple(titles),
    )


def _load_trusted(content: bytes, path: Path) -> Any:
    import skops.io
    from sklearn.exceptions import InconsistentVersionWarning

    try:
        _refuse_untrusted(content, path)
        with warnings.catch_warnings():
            # Whether another version matters is seen from what the model says (the probe).
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            return skops.io.loads(content, trusted=[])
    except ArtifactError:
        raise
    # skops lets whatever a damaged file causes through.
    except Exception as error:
        raise ArtifactError(f"{path} is damaged ({error})", hint=RETRAIN) from error


def _refuse_untrusted(content: bytes, path: Path) -> None:
    """Look through the file before skops builds anything from it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > LARGEST:
            raise ArtifactError(f"{path} would unpack to {unpacked} bytes", hint=RETRAIN)
        schema = json.loads(archive.read("schema.json"))
    untrusted = sorted(set(_untrusted(schema)))
    if untrusted:
        raise ArtifactError(
            f"{path} holds types that are not trusted: {', '.join(untrusted)}",
            hint="do not use this file; " + RETRAIN,
        )


def _untrusted(node: object) -> Iterator[str]:
    """What a skops schema names, at any depth, and neither list above does."""
    if isinstance(node, dict):
        if "__class__" in node or "__module__" in node:
            name = f"{node.get('__module__')}.{node.get('__class__')}"
            if name not in TRUSTED_TYPES:
                yield name
        if "__loader__" in node and node["__loader__"] not in TRUSTED_LOADERS:
            yield str(node["__loader__"])
        for part in node.values():
            yield from _untrusted(part)
    elif isinstance(node, list):
        for part in node:
            yield from _untrusted(part)
