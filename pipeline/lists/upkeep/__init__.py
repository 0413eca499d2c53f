"""What keeps a list in order over the years: rolling over, renaming and merging topics."""
