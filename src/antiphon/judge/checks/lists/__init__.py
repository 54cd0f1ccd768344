"""Checks of list pages."""
