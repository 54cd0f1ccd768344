"""Faults of tools, their calls and outputs."""
