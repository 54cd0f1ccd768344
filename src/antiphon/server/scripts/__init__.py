"""Answers from a file, before those of the pseudo-model."""
