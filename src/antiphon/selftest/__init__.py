"""Plays the suite against the reference server again and again, each time with one fault."""
