"""Crossing: creates of every mode and context with many features at once, and what each feature must show in them."""
