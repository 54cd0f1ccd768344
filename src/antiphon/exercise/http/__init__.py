"""Requests over HTTP and their replies, within bounds of time and size."""
