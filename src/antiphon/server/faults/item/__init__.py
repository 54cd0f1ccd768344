"""Faults of items, the same in streams, replies and later readings."""
