"""Turns over a WebSocket, each an exchange."""
