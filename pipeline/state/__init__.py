"""The memory between runs that share no disk. Knows neither sources nor triage."""
