"""Transcripts: exchanges as they came, their file, and their redaction."""
