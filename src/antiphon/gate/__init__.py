"""Baselines and gates: expected verdicts with reasons, and whether a result may pass."""
