"""Relations between calls: a delete and a later read, the same long prompt twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from antiphon.judge.checks.relations.digests import digest
from antiphon.judge.checks.relations.mergers import bound_together, extend_lists, keep_least
from antiphon.judge.checks.relations.responses import RelationVerdicts
from antiphon.judge.registry import Violation, relation
from antiphon.judge.subjects.responses import WHOLE, Call, Decision, ResponseObject


@relation
@dataclass
class NoReadAfterDelete:
    """A deleted response cannot be read."""

    requirements: ClassVar[tuple[str, ...]] = ("store.delete-then-get",)
    subject: ClassVar[type] = Decision

    deleted: dict[str, float] = field(default_factory=dict)
    reads: dict[str, list[tuple[float, str, bool]]] = field(default_factory=dict)

    def see(self, reply: Decision) -> None:
        exchange = reply.exchange
        name = _named(reply)
        if not name or exchange.started_at <= 0:
            return
        if reply.operation == "delete" and exchange.is_success:
            keep_least(self.deleted, name, exchange.started_at + exchange.elapsed)
        elif reply.operation == "retrieve":
            self.reads.setdefault(name, []).append((exchange.started_at, exchange.id, exchange.is_success))
        bound_together(self.deleted, self.reads)

    def add(self, other: NoReadAfterDelete) -> None:
        for name, at in other.deleted.items():
            keep_least(self.deleted, name, at)
        extend_lists(self.reads, other.reads)
        bound_together(self.deleted, self.reads)

    def close(self) -> RelationVerdicts:
        bound_together(self.deleted, self.reads, exactly=True)
        for name, at in sorted(self.deleted.items()):
            later = sorted(each for each in self.reads.get(name, ()) if each[0] >= at)
            if later:
                found = [
                    Violation("", "a refusal, as the response was deleted", "a success", exchange=exchange)
                    for _, exchange, success in later
                    if success
                ]
                yield self.requirements[0], found


def _named(call: Call) -> str:
    """The response that a request names in its path."""
    path = call.exchange.request.path if call.exchange.request else ""
    last = path.rstrip("/").rpartition("/")[2]
    return last if call.operation in ("delete", "retrieve") else ""


@relation
@dataclass
class CachedPrefix:
    """A repeated long prefix shows cached tokens."""

    requirements: ClassVar[tuple[str, ...]] = ("usage.cached-prefix",)
    subject: ClassVar[type] = ResponseObject

    creates: dict[bytes, list[tuple[float, str, int]]] = field(default_factory=dict)
    """By a digest of what was sent: when, in which exchange, and how many tokens were cached."""

    def see(self, response: ResponseObject) -> None:
        counted = _long_prompt(response.body.get("usage"))
        if counted is None or response.operation != "create" or not isinstance(response.exchange.sent, dict):
            return
        sent = {name: response.sent.get(name) for name in ("model", "instructions", "tools", "input")}
        if response.event in WHOLE and isinstance(sent["input"], str):
            start = response.exchange.started_at
            self.creates.setdefault(digest(sent), []).append((start, response.exchange.id, counted))
            bound_together(self.creates)

    def add(self, other: CachedPrefix) -> None:
        extend_lists(self.creates, other.creates)
        bound_together(self.creates)

    def close(self) -> RelationVerdicts:
        bound_together(self.creates, exactly=True)
        for key in sorted(self.creates):
            first, *again = sorted(self.creates[key])
            if again:
                missed = all(cached == 0 for _, _, cached in again)
                place = "/usage/input_tokens_details/cached_tokens"
                found = [Violation(place, f"more than 0, as {first[1]} sent the same", "0", exchange=again[0][1])]
                yield self.requirements[0], found if missed else []


def _long_prompt(usage: Any) -> int | None:
    """The cached tokens of a prompt that is long enough to be cached."""
    if not isinstance(usage, Mapping) or not isinstance(usage.get("input_tokens"), int) or usage["input_tokens"] < 1024:
        return None
    details = usage.get("input_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return cached if isinstance(cached, int) else None
