"""Trace of the policy: which switches the server reads for which request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from antiphon.server.behaviour.policy import ServerPolicy

REQUEST: ContextVar[str] = ContextVar("REQUEST", default="")
"""The x-request-id of what is being answered; empty outside of requests."""

Reads = dict[str, set[str]]
"""By request id: switches, such as `chat.deletes`, and members that sets were asked for, such as `unchecked:top_p`."""
_reads: Reads | None = None


@contextmanager
def trace_policy() -> Iterator[Reads]:
    """Record the names of the switches that servers started in here read, by request id."""
    global _reads
    before, _reads = _reads, defaultdict(set)
    try:
        yield _reads
    finally:
        _reads = before


def watch_policy(policy: ServerPolicy) -> ServerPolicy:
    """The policy, which notes what is read of it while a trace is kept."""
    watching: ServerPolicy = policy if _reads is None else _watch(policy, "")
    return watching


def _note(name: str) -> None:
    if _reads is not None:
        _reads[REQUEST.get()].add(name)


def _watch(value: Any, path: str) -> Any:
    if isinstance(value, frozenset):
        return _Members(value, path)
    if not is_dataclass(value):
        return value
    prefix = f"{path}." if path else ""
    values = {switch.name: _watch(getattr(value, switch.name), prefix + switch.name) for switch in fields(value)}
    kind: type = type(value)
    watching = _watching(kind)(**values)
    object.__setattr__(watching, "_prefix", prefix)
    return watching


@cache
def _watching(kind: type) -> type:
    """A class of switches that notes which of them are read; those that hold more of them note that themselves."""
    names = frozenset(switch.name for switch in fields(kind))

    class _WatchedSwitches(kind):  # type: ignore[misc]
        _prefix = ""

        def __getattribute__(self, name: str) -> Any:
            value = object.__getattribute__(self, name)
            if name in names and not (is_dataclass(value) or isinstance(value, _Members)):
                _note(object.__getattribute__(self, "_prefix") + name)
            return value

    return _WatchedSwitches


class _Members(frozenset[str]):
    """Set of names that notes which of them were looked up. Whether there are any decides nothing by itself."""

    _path: str

    def __new__(cls, value: frozenset[str], path: str) -> _Members:
        members = super().__new__(cls, value)
        members._path = path
        return members

    def __contains__(self, name: object) -> bool:
        _note(f"{self._path}:{name}")
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        _note(self._path)
        return super().__iter__()
