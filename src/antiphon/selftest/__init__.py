"""Selftest: the suite against the reference server, once for each fault."""
