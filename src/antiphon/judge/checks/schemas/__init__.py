"""Checks of responses and items by their JSON Schemas."""
