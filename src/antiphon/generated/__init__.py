"""Generated tests: requests from the contract's schemas, and random walks against a model of stored objects."""
