"""The pytest plugin: options, fixtures, expectations of a baseline, one run for all xdist workers."""
