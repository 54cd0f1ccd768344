"""Responses: from the body of a create to its items, its events and its end. Knows nothing of HTTP."""
