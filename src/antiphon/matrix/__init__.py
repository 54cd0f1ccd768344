"""Real implementations: how each is started and run, and what is published of it."""
