"""A pseudo-model without wits: what it says follows from the request alone."""
