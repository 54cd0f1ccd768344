"""Which switches of the policy the server looks at for which request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from typing import Any

from antiphon.server.policy import Policy

REQUEST: ContextVar[str] = ContextVar("REQUEST", default="")
"""The x-request-id of what is being answered; empty outside of requests."""

Reads = dict[str, set[str]]
_reads: Reads | None = None


@contextmanager
def traced() -> Iterator[Reads]:
    """Keep the names of the switches that servers started in here read, by request id."""
    global _reads
    before, _reads = _reads, defaultdict(set)
    try:
        yield _reads
    finally:
        _reads = before


def watched(policy: Policy) -> Policy:
    """The policy, which notes what is read of it while a trace is kept."""
    if _reads is None:
        return policy
    return _Watched(**{each.name: getattr(policy, each.name) for each in fields(policy)})


class _Watched(Policy):
    """A policy that notes what is read of it."""

    def __getattribute__(self, name: str) -> Any:
        if _reads is not None and name in Policy.__dataclass_fields__:
            _reads[REQUEST.get()].add(name)
        return object.__getattribute__(self, name)
