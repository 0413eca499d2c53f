"""Approved entries put where the maintainers keep the list. Knows neither sources nor triage."""
