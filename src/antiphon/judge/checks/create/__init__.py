"""Checks of the replies to a create."""
