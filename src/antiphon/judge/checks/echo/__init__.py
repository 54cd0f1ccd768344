"""Checks of the request fields that a response repeats."""
