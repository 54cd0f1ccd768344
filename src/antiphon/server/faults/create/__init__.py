"""Faults of a create, whatever it is about."""
