"""Faults of modes: what a plain create does right is done wrong in another mode or context."""
