"""One run: options, selection, session, findings, estimates, and publishing of its result."""
