"""Pasted text: streams and bodies as people copy them out of terminals, logs, issues and error messages."""
