"""Checks of the events of a stream."""
