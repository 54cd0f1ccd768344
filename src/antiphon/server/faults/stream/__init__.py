"""Faults of the events of a stream."""
