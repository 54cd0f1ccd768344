"""Checks of Chat Completions."""
