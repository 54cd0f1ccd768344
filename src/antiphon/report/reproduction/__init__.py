"""Reproductions: the curl, the shell script, or the run of one scenario that shows a broken requirement again."""
