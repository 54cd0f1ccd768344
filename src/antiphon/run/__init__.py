"""One run: options, scope, session, estimates, and publishing of its result."""
