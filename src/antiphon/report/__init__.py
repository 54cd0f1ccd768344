"""Reports: everything that is made of results."""
