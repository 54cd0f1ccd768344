"""Chat Completions: requests, completions and their chunks."""
