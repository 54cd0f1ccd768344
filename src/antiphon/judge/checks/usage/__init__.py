"""Checks of token counts."""
