"""Replay: a recording answers in place of the API."""
