"""Checks of reply headers."""
