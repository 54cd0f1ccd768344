"""Faults of stored responses: how they are kept, read and deleted, and by whom."""
