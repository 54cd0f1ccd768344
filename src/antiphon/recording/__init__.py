"""Exchanges as data: their file format, event-stream frames, redaction, and importers of other formats."""
