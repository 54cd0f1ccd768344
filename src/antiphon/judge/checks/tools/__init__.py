"""Checks of tool calls in a response."""
