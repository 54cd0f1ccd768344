"""Measurement of known clients: what they send, and which faults of a server each of them chokes on."""
