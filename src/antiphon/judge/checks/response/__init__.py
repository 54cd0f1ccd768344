"""Checks of the fields of a response object."""
