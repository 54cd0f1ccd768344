"""Checks of structured output."""
