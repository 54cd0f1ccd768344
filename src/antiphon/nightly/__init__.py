"""A nightly run: history, what changed since the last run, and the page that shows it."""
