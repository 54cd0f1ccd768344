"""Validation of requests: every check, and the error that names what is wrong."""
