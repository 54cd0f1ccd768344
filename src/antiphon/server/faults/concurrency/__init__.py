"""Faults of requests that run at once."""
