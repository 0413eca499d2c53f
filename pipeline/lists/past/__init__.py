"""The list's past as a test of the writer: its own additions, done again and compared."""
