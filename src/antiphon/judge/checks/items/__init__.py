"""Checks of output items."""
