"""Checks of whether calls are answered at all, and how."""
