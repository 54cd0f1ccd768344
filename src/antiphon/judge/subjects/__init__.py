"""Subjects of checks: typed views of one exchange, built once for all checks."""
