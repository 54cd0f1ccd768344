"""The checks, a module per area; all are imported by `registry.all_checks`."""
