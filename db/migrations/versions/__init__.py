"""One file a revision, ``NNNN_what.py``, in order of their numbers.

A revision says all it needs itself: it never imports :mod:`db.tables`, which
go on changing.
"""
