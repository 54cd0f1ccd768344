"""Levers over several exchanges: requests that differ in one parameter alone, or a create and a later read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from antiphon.effects.create_record import CreateRecord, as_object, objects
from antiphon.effects.token_counts import CountConclusions

EffectReport = Callable[[str, bool, str], None]
"""Takes the name of a parameter, whether it had an effect, and the exchange that shows it."""

NEUTRAL = frozenset({
    "metadata", "store", "user", "safety_identifier", "prompt_cache_key", "service_tier", "stream", "stream_options",
    "max_output_tokens", "max_completion_tokens", "max_tokens", "background",
})  # fmt: skip
"""Parameters that the model does not read."""
UNCARRIED = ("instructions", "tools", "text", "reasoning", "prompt")
REMEMBERED = ("store", "metadata", "background")
MOST_KEPT = 5_000
LARGEST = 20_000
"""Characters of a request beyond which it is not compared."""
CLEARLY_LONGER = 40
OPAQUE = ("data:", "encrypted_content", "file_id", "item_reference")
"""What costs other than its length."""


class ParameterPairs:
    """Compares creates whose requests differ in one parameter alone."""

    def __init__(self, weighed: frozenset[str], say: EffectReport, counts: CountConclusions) -> None:
        self._weighed = weighed
        self._report = say
        self._counts = counts
        self._seen: dict[int, list[tuple[Any, Any, str]]] = {}

    def see(self, create: CreateRecord) -> None:
        """Compare one create with the earlier ones that are like it."""
        if not create.reply or not create.exchange.is_success:
            return
        body = {name: value for name, value in create.sent.items() if name not in NEUTRAL and value is not None}
        rest = {name: json.dumps(value, sort_keys=True) for name, value in body.items()}
        if sum(map(len, rest.values())) > LARGEST:
            return
        for name in self._weighed:
            self._weigh(name, rest, create)
        if create.sent.get("tools"):
            self._pair("parallel_tool_calls", rest, create, len(create.calls), _fewer, self._report)
        if create.is_done or create.sent.get("stop"):
            self._pair("stop", rest, create, "\n".join(create.texts), _stopped, self._report)

    def _weigh(self, name: str, rest: Mapping[str, str], create: CreateRecord) -> None:
        tokens = create.tokens("input")
        if tokens is not None:
            self._pair(name, rest, create, tokens, _heavier, self._report_count)

    def _report_count(self, name: str, effect: bool, exchange: str) -> None:
        if effect:
            self._counts.confirm()
            self._report(name, True, exchange)
        else:
            self._counts.withhold("input", name, exchange)

    def _pair(
        self, name: str, rest: Mapping[str, str], create: CreateRecord, measure: Any, tell: EffectTest,
        report: EffectReport,
    ) -> None:  # fmt: skip
        others = sorted((key, value) for key, value in rest.items() if key != name)
        key = hash((name, create.operation, *others))
        if key not in self._seen and len(self._seen) >= MOST_KEPT:
            return
        known = self._seen.setdefault(key, [])
        value = rest.get(name, "")
        for before, measured, exchange in known:
            told = tell((before, measured), (value, measure))
            if told is not None:
                report(name, told, exchange if len(before) > len(value) else create.exchange.id)
        if len(known) < 8:
            known.append((value, measure, create.exchange.id))


EffectTest = Callable[[tuple[str, Any], tuple[str, Any]], bool | None]


def _heavier(one: tuple[str, Any], other: tuple[str, Any]) -> bool | None:
    """The longer value costs more tokens."""
    short, long = sorted((one, other), key=lambda each: len(each[0]))
    if any(sign in each[0] for each in (short, long) for sign in OPAQUE):
        return None
    longer = len(long[0]) - len(short[0])
    return long[1] > short[1] if longer >= CLEARLY_LONGER or (longer and not short[0]) else None


def _fewer(one: tuple[str, Any], other: tuple[str, Any]) -> bool | None:
    """Where several functions are called, one is when it may be only one."""
    free, bound = sorted((one, other), key=lambda each: each[0] == "false")
    return bound[1] <= 1 if bound[0] == "false" and free[0] != "false" and free[1] > 1 else None


def _stopped(one: tuple[str, Any], other: tuple[str, Any]) -> bool | None:
    """A text that would hold a stop sequence does not."""
    free, bound = sorted((one, other), key=lambda each: bool(each[0]))
    if free[0] or not bound[0]:
        return None
    stops = json.loads(bound[0])
    stops = [stops] if isinstance(stops, str) else [each for each in stops if isinstance(each, str)]
    met = [each for each in stops if each in free[1]]
    return not any(each in bound[1] for each in met) if met else None


class StoredCreates:
    """Created responses, compared with later reads of them."""

    def __init__(self, say: EffectReport, counts: CountConclusions) -> None:
        self._report = say
        self._counts = counts
        self._made: dict[str, Mapping[str, Any]] = {}
        self._tokens: dict[str, int] = {}
        self._items: dict[str, set[str]] = {}
        self._padded = False
        self._has_read = False
        self._unread: list[str] = []
        self._bare: set[str] = set()

    def add_create(self, create: CreateRecord) -> None:
        """Remember a create."""
        self._grown(create)
        self._padding(create)
        if not create.exchange.is_success or not isinstance(id := create.reply.get("id"), str):
            return
        if len(self._made) < MOST_KEPT:
            self._made[id] = {name: create.sent[name] for name in REMEMBERED if name in create.sent}
            tokens = create.tokens("input")
            if tokens is not None and not any(create.sent.get(name) for name in UNCARRIED):
                self._tokens[id] = tokens
        named = create.sent.get("conversation")
        named = as_object(named).get("id") or named
        if isinstance(named, str) and create.is_done and len(self._items) < MOST_KEPT:
            self._items.setdefault(named, set()).update(str(item.get("id")) for item in create.items)

    def compare_read(self, names: Sequence[str], create: CreateRecord, default: bool) -> None:
        """Compare a read with its create.

        `names`: the parts of its path; `default`: responses are stored by default.
        """
        made = next((self._made[name] for name in names if name in self._made), None)
        if made is None:
            return
        found, stores = create.exchange.is_success, made.get("store", default)
        self._has_read |= found
        if stores is (not default) and not made.get("background") and (found or create.exchange.is_client_error):
            if found is stores is False:
                self._unread.append(create.exchange.id)
            else:
                self._report("store", found is stores, create.exchange.id)
        if found and made.get("metadata"):
            self._report("metadata", create.reply.get("metadata") == made["metadata"], create.exchange.id)

    def forget(self, names: Sequence[str]) -> None:
        """The object was changed or deleted, so later reads prove nothing."""
        for name in names:
            self._made.pop(name, None)

    def compare_items(self, names: Sequence[str], create: CreateRecord) -> None:
        """Search the items of a conversation for those of its responses."""
        wanted = next((self._items[name] for name in names if name in self._items), None)
        body = as_object(create.exchange.body)
        if wanted and create.exchange.is_success and body.get("has_more") is False:
            shown = {str(item.get("id")) for item in objects(body.get("data"))}
            self._report("conversation", bool(wanted & shown), create.exchange.id)

    def _grown(self, create: CreateRecord) -> None:
        before = self._tokens.get(str(create.sent.get("previous_response_id")))
        after = create.tokens("input")
        if before is None or after is None:
            return
        if after > before:
            self._report("previous_response_id", True, create.exchange.id)
        else:
            self._counts.withhold("input", "previous_response_id", create.exchange.id)

    def _padding(self, create: CreateRecord) -> None:
        if not create.exchange.is_stream:
            return
        padded = any("obfuscation" in event for event in create.exchange.events)
        if as_object(create.sent.get("stream_options")).get("include_obfuscation") is not False:
            self._padded = self._padded or padded
        elif padded:
            self._report("stream_options", False, create.exchange.id)
        elif len(self._bare) < 3:
            self._bare.add(create.exchange.id)

    def finish(self) -> Iterator[tuple[str, bool, str]]:
        """Report what only the end shows: a read that finds nothing proves something where others find something."""
        if self._has_read:
            yield from (("store", True, exchange) for exchange in self._unread)
        if self._padded:
            yield from (("stream_options", True, exchange) for exchange in sorted(self._bare))
