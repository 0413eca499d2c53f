"""From papers to candidates: drop what is known, embed, score, explain, draft.

Knows neither where papers come from nor how decisions are taken.
"""
