"""The job behind ``shortlist report``: what was measured elsewhere, brought together.

Reads a replay that was kept, the scores of topics, and the list's history; trains
nothing. Only the likeness of what was missed to what was listed is worked out here.
"""
