"""Where papers come from: the only package that speaks arXiv.

``http`` is the one polite client, ``calendar`` knows when arXiv announces,
``recorded`` reads recorded days and ``api`` asks arXiv's query interface. All
of them end in ``db.records.Paper`` and a line for the ledger.
"""
