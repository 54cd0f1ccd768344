"""Examination of a target before a run: what it has, declines and ignores, with few small calls."""
