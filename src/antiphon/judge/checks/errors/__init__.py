"""Checks of refusals."""
