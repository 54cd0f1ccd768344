"""Checks of compactions, token counts, conversations and deletions."""
