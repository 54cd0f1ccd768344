"""Checks of an event stream as bytes."""
