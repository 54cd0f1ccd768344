"""Relations between calls: a delete and a later read, the same long prompt twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

from antiphon.judge.checks.relations.digests import digest
from antiphon.judge.checks.relations.responses import RelationVerdicts
from antiphon.judge.registry import Violation, relation
from antiphon.judge.subjects.responses import ENDINGS, Call, Decision, ResponseObject


@relation
class NoReadAfterDelete:
    """A deleted response cannot be read."""

    requirements: ClassVar[tuple[str, ...]] = ("store.delete-then-get",)
    subject: ClassVar[type] = Decision

    def __init__(self) -> None:
        self._deleted: dict[str, float] = {}
        self._read: dict[str, list[tuple[float, str, bool]]] = defaultdict(list)

    def see(self, reply: Decision) -> None:
        exchange = reply.exchange
        name = _named(reply)
        if not name or exchange.started_at <= 0:
            return
        if reply.operation == "delete" and exchange.is_success:
            at = exchange.started_at + exchange.elapsed
            self._deleted[name] = min(at, self._deleted.get(name, at))
        elif reply.operation == "retrieve":
            self._read[name].append((exchange.started_at, exchange.id, exchange.is_success))

    def close(self) -> RelationVerdicts:
        for name, at in sorted(self._deleted.items()):
            later = sorted(each for each in self._read.get(name, ()) if each[0] >= at)
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
class CachedPrefix:
    """A repeated long prefix shows cached tokens."""

    requirements: ClassVar[tuple[str, ...]] = ("usage.cached-prefix",)
    subject: ClassVar[type] = ResponseObject

    def __init__(self) -> None:
        self._seen: dict[bytes, list[tuple[float, str, int]]] = defaultdict(list)

    def see(self, response: ResponseObject) -> None:
        counted = _long_prompt(response.body.get("usage"))
        if counted is None or response.operation != "create" or not isinstance(response.exchange.sent, dict):
            return
        sent = {name: response.sent.get(name) for name in ("model", "instructions", "tools", "input")}
        if response.event in (None, *ENDINGS) and isinstance(sent["input"], str):
            start = response.exchange.started_at
            self._seen[digest(sent)].append((start, response.exchange.id, counted))

    def close(self) -> RelationVerdicts:
        for key in sorted(self._seen):
            first, *again = sorted(self._seen[key])
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
