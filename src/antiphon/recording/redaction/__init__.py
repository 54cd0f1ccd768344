"""Removal of secrets from exchanges before anything is written."""
