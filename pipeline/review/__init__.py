"""Where maintainers decide: browser, terminal, GitHub issue. Each knows the desk, and no other."""
