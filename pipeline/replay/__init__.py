"""The past done again, day by day, with nothing known that was not known then.

Knows how models are trained and asked, and what a list's history says; knows no
queue. :mod:`pipeline.replay.run` has the loop.
"""
