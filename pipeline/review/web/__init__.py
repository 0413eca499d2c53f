"""The review page and its HTTP interface: FastAPI over a desk, and nothing else."""

from __future__ import annotations

from pipeline.review.web.app import make_app
from pipeline.review.web.settings import WebSettings

__all__ = ["WebSettings", "make_app"]
