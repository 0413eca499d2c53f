"""The model of relevance as plain values and arrays, and back."""

from __future__ import annotations

from typing import Any

from models.calibration import Platt
from models.facts import FactFeatures
from models.features import TextFeatures
from models.first_look import FirstLook
from models.relevance import RelevanceModel
from models.second_level import Mixture


def relevance_to_parts(model: RelevanceModel) -> dict[str, Any]:
    """The model as plain values and arrays, light enough to commit."""
    import copy

    import numpy as np

    classifier = copy.copy(model.classifier)
    classifier.coef_ = model.classifier.coef_.astype(np.float16)
    authors = sorted(model.facts.authors.items())
    return {
        "terms": "\n".join(model.features.terms),
        "idf": model.features.idf.astype(np.float16),
        "authors": "\n".join(name for name, _ in authors),
        "listed": np.array([n for _, n in authors], dtype=np.int32),
        "categories": "\n".join(model.facts.categories),
        "means": model.facts.means.astype(np.float64),
        "look_weights": model.look.weights.astype(np.float16),
        "look_offset": model.look.offset,
        "look_mixture": model.look.mixture.weights,
        "look_mixture_offset": model.look.mixture.offset,
        "depth": model.look.depth,
        "classifier": classifier,
        "mixture": model.mixture.weights,
        "mixture_offset": model.mixture.offset,
        "loudest": np.array(model.loudest, dtype=np.float64),
        "slope": model.calibration.slope,
        "offset": model.calibration.offset,
    }


def relevance_from_parts(parts: dict[str, Any]) -> RelevanceModel:
    """The model that :func:`relevance_to_parts` took apart.

    Raises:
        KeyError: A part is missing.
        ValueError: Parts do not belong together.
    """
    import numpy as np

    names = parts["authors"].split("\n") if parts["authors"] else []
    categories = tuple(parts["categories"].split("\n")) if parts["categories"] else ()
    words, both = parts["loudest"].tolist()
    classifier = parts["classifier"]
    classifier.coef_ = classifier.coef_.astype(np.float64)
    return RelevanceModel(
        features=TextFeatures(
            terms=tuple(parts["terms"].split("\n")) if parts["terms"] else (),
            idf=parts["idf"].astype(np.float32),
            text_weight=1.0,
        ),
        facts=FactFeatures(
            authors=dict(zip(names, parts["listed"].tolist(), strict=True)),
            categories=categories,
            means=parts["means"],
        ),
        look=FirstLook(
            weights=parts["look_weights"].astype(np.float64),
            offset=parts["look_offset"],
            mixture=Mixture(weights=parts["look_mixture"], offset=parts["look_mixture_offset"]),
            depth=parts["depth"],
        ),
        classifier=classifier,
        mixture=Mixture(weights=parts["mixture"], offset=parts["mixture_offset"]),
        loudest=(words, both),
        calibration=Platt(slope=parts["slope"], offset=parts["offset"]),
    )
