"""Reproducible generation: a seed gives the same data, whatever other modules the process has loaded."""

from __future__ import annotations

from functools import cache


@cache
def make_reproducible() -> None:
    """Keep Hypothesis from drawing constants out of the source of loaded modules."""
    from hypothesis.internal.conjecture import providers

    nothing = getattr(providers, "Constants", None)
    if nothing is not None and hasattr(providers, "_get_local_constants"):
        empty = nothing()
        setattr(providers, "_get_local_constants", lambda: empty)  # noqa: B010 - private, so not there in every version
    kept = getattr(providers, "CONSTANTS_CACHE", None)
    if kept is not None and hasattr(kept, "cache"):
        kept.cache.clear()  # what was drawn before this has some of them, and would leave one by one
