"""The memory of Shortlist: what was seen, queued, decided and published.

Knows no arXiv, Markdown or model. Only this package speaks SQL.
"""
