"""Other people's hand-kept Markdown lists: read tolerantly, edited by splicing whole lines.

``document`` holds the bytes, ``grammar`` the shapes of lines, ``reader`` turns
lines into topics and entries, ``layout`` says where an entry goes, ``writer``
renders it and proves the edit. Nothing here commits, asks arXiv or ranks.
"""
