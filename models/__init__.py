"""Text to numbers: encoder, relevance, topics, calibration, artifacts.

Knows no arXiv, Markdown or queue. Only this package speaks scikit-learn and
sentence-transformers.
"""
