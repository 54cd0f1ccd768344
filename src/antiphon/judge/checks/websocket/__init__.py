"""Checks of turns over a WebSocket."""
