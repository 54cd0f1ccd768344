"""Levers over several creates: requests that differ in one parameter alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from typing import Any, NamedTuple

from antiphon.effects.create_record import CreateRecord
from antiphon.effects.token_counts import CountConclusions
from antiphon.recording.bounded_tables import first_entries, prune

EffectReport = tuple[str, bool, str]
"""The name of a parameter, whether it had an effect, and the exchange that shows it."""

NEUTRAL = frozenset({
    "metadata", "store", "user", "safety_identifier", "prompt_cache_key", "service_tier", "stream", "stream_options",
    "max_output_tokens", "max_completion_tokens", "max_tokens", "background",
})  # fmt: skip
"""Parameters that the model does not read."""
MOST_GROUPS = 5_000
MOST_ALIKE = 8
"""Creates of one group that are compared with each other, the first of those with the same values and result."""
LARGEST = 20_000
"""Characters of a request, or of a text, beyond which it is not compared."""
CLEARLY_LONGER = 40
OPAQUE = ("data:", "encrypted_content", "file_id", "item_reference")
"""What costs other than its length."""


class Alike(NamedTuple):
    """A create of a group: its exchange, the value of the parameter that is compared, and what came of it."""

    exchange: str
    length: int
    """Of the value as JSON; 0 where it was not sent."""
    value: str
    """The value as JSON where the comparison reads it, else whether it is opaque."""
    measure: int | str


@dataclass
class ParameterPairs:
    """Compares creates whose requests differ in one parameter alone."""

    groups: dict[str, dict[int, list[Alike]]] = field(default_factory=dict)
    """By parameter, and by what else was sent: the creates that are alike but for it."""

    def see(self, create: CreateRecord, weighed: frozenset[str]) -> None:
        """Put one create to those that are like it; `weighed` are the parameters that cost tokens."""
        if not create.reply or not create.exchange.is_success:
            return
        body = {name: value for name, value in create.sent.items() if name not in NEUTRAL and value is not None}
        request = _Request.of(body)
        if request is None:
            return
        tokens = create.tokens("input")
        if tokens is not None:
            for name in weighed:
                self._put(name, request, create, "opaque" if request.is_opaque(name) else "", tokens)
        if create.sent.get("tools"):
            name = "parallel_tool_calls"
            self._put(name, request, create, request.values.get(name, ""), len(create.calls))
        if create.is_done or create.sent.get("stop"):
            self._put("stop", request, create, request.values.get("stop", ""), "\n".join(create.texts)[:LARGEST])

    def _put(self, name: str, request: _Request, create: CreateRecord, value: str, measure: int | str) -> None:
        length = len(request.values.get(name, ""))
        group = self.groups.setdefault(name, {})
        _keep(group, request.without(name), [Alike(create.exchange.id, length, value, measure)])

    def add(self, other: ParameterPairs) -> None:
        """Take over other creates."""
        for name, groups in other.groups.items():
            mine = self.groups.setdefault(name, {})
            for key, alike in groups.items():
                _keep(mine, key, alike)

    def finish(self, counts: CountConclusions) -> Iterator[EffectReport]:
        """What the comparisons show; what rests on counts of tokens that do not grow goes to the conclusions."""
        for name, groups in self.groups.items():
            for alike in first_entries(groups, MOST_GROUPS).values():
                for one, other in combinations(alike, 2):
                    exchange = one.exchange if one.length > other.length else other.exchange
                    effect = _TESTS.get(name, _heavier)(one, other)
                    if effect is False and name not in _TESTS:
                        counts.withhold("input", name, exchange)
                    elif effect is not None:
                        if name not in _TESTS:
                            counts.confirm()
                        yield name, effect, exchange


def _keep(groups: dict[int, list[Alike]], key: int, alike: list[Alike]) -> None:
    known = groups.get(key)
    if known is None:
        groups[key] = alike
        prune(groups, MOST_GROUPS)
    else:
        same = {each[1:]: each for each in sorted({*known, *alike}, reverse=True)}
        groups[key] = sorted(same.values())[:MOST_ALIKE]


_as_text = json.JSONEncoder(sort_keys=True).encode


class _Request(NamedTuple):
    """The parameters of a request as JSON, and a digest of all."""

    values: Mapping[str, str]
    digests: Mapping[str, int]
    digest: int

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> _Request | None:
        """The request of a body; None where it is too large to be compared."""
        values = {name: _as_text(value) for name, value in body.items()}
        if sum(map(len, values.values())) > LARGEST:
            return None
        digests = {name: _digest(f"{name}={value}") for name, value in values.items()}
        return cls(values, digests, sum(digests.values()))

    def without(self, name: str) -> int:
        """A digest of all parameters but one."""
        return (self.digest - self.digests.get(name, 0)) % 2**63

    def is_opaque(self, name: str) -> bool:
        return any(sign in self.values.get(name, "") for sign in OPAQUE)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _heavier(one: Alike, other: Alike) -> bool | None:
    """The longer value costs more tokens."""
    short, long = sorted((one, other), key=lambda each: each.length)
    if short.value or long.value:  # opaque
        return None
    longer = long.length - short.length
    weighs = longer >= CLEARLY_LONGER or (longer and not short.length)
    return int(long.measure) > int(short.measure) if weighs else None


def _fewer(one: Alike, other: Alike) -> bool | None:
    """Where several functions are called, one is when it may be only one."""
    free, bound = sorted((one, other), key=lambda each: each.value == "false")
    if bound.value != "false" or free.value == "false" or int(free.measure) <= 1:
        return None
    return int(bound.measure) <= 1


def _stopped(one: Alike, other: Alike) -> bool | None:
    """A text that would hold a stop sequence does not."""
    free, bound = sorted((one, other), key=lambda each: bool(each.value))
    if free.value or not bound.value:
        return None
    stops = json.loads(bound.value)
    stops = [stops] if isinstance(stops, str) else [each for each in stops if isinstance(each, str)]
    met = [each for each in stops if each in str(free.measure)]
    return not any(each in str(bound.measure) for each in met) if met else None


_TESTS: Mapping[str, Callable[[Alike, Alike], bool | None]] = {"parallel_tool_calls": _fewer, "stop": _stopped}
"""Those that read no count of tokens."""
