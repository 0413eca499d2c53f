"""The program: from an announcement to a committed entry in a Markdown list."""
