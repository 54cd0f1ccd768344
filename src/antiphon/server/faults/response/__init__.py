"""Faults of the response object, the same in streams, replies and later readings."""
