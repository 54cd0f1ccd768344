"""Faults of refusals: their form, and requests that are not refused."""
