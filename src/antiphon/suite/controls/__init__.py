"""Scenarios that serve as controls: they show what must move, or be taken, before a test concludes anything."""
