"""The deterministic stand-in model: its output follows from the request alone."""
