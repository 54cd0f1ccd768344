"""The part of a soak that Locust runs: users, steps, and what its processes tell each other.

Locust patches the standard library for gevent, so nothing outside this package imports it.
"""
