"""Checks of background and stored responses, cancels and deletes."""
