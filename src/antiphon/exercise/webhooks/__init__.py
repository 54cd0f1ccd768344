"""Receiver of webhooks and the inbox that a scenario reads."""
