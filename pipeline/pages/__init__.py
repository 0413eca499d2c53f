"""What people look at: the report as a page and as a summary, pictures as SVG.

Knows no model, no replay and no git: what is shown comes in as :mod:`pipeline.pages.facts`.
"""
