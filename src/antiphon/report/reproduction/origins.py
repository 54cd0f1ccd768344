"""Origins of what a request sends back to a server: ids, cursors and items that an earlier reply had."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from antiphon.recording.exchange import Exchange, Request
from antiphon.report.reproduction.curl import slot

Path = tuple[str | int, ...]
SHORTEST = 3
"""Characters of an id that is looked for; shorter ones stand in a request by chance."""
_PLAIN = re.compile(r"[\w.:+/=-]+", re.ASCII)
_MADE = re.compile(r"(?:.*_)?ids?|encrypted_content|obfuscation|next|cursor")
"""Members whose texts a server makes up."""


class ValueOrigin(NamedTuple):
    """Place of a value: the exchange whose reply had it first, and the path to it there."""

    exchange: str
    path: Path
    is_json: bool
    """It stands in a request as JSON: an item, or a text that is not plain."""


class Origins:
    """Values that the replies of some exchanges made up, by value; the first reply that has one is its origin."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._known: dict[str, ValueOrigin] = {}
        sent: set[str] = set()
        for exchange in exchanges:
            sent.update(_texts(exchange.request))
            for path, value in _values(last_object(exchange)):
                key = _key(value)
                if key not in sent:
                    is_json = not isinstance(value, str) or not _PLAIN.fullmatch(value)
                    self._known.setdefault(key, ValueOrigin(exchange.id, path, is_json))

    def used_by(self, exchange: Exchange) -> dict[str, ValueOrigin]:
        """What a request sends back, by value."""
        used: dict[str, ValueOrigin] = {}

        def note(key: str, origin: ValueOrigin) -> str:
            used[key] = origin
            return key

        if exchange.request:
            self._filled(exchange.request, note)
        return {key: origin for key, origin in used.items() if origin.exchange != exchange.id}

    def filled(self, exchange: Exchange, names: Mapping[ValueOrigin, str]) -> Exchange:
        """An exchange in whose request the slots of variables stand for what it sends back."""

        def name(key: str, origin: ValueOrigin) -> str:
            return slot(names[origin]) if origin in names and origin.exchange != exchange.id else key

        return replace(exchange, request=self._filled(exchange.request, name)) if exchange.request else exchange

    def _filled(self, request: Request, name: Callable[[str, ValueOrigin], str]) -> Request:
        def text(value: str) -> str:
            origin = self._known.get(value)
            return name(value, origin) if origin and not origin.is_json else value

        return replace(
            request,
            path="/".join(map(text, request.path.split("/"))),
            query=tuple((key, text(value)) for key, value in request.query),
            body=self._filled_json(request.body, name),
        )

    def _filled_json(self, value: Any, name: Callable[[str, ValueOrigin], str]) -> Any:
        origin = self._known.get(_key(value)) if isinstance(value, str | dict) else None
        if origin:
            replaced = name(_key(value), origin)
            return value if replaced == _key(value) else replaced
        if isinstance(value, dict):
            return {key: self._filled_json(each, name) for key, each in value.items()}
        return [self._filled_json(each, name) for each in value] if isinstance(value, list) else value


def last_object(exchange: Exchange) -> Any:
    """The object of a reply: its JSON, the response of the last event that has one, or the last event."""
    if not exchange.is_stream and not exchange.is_socket:
        return exchange.body
    reply = exchange.reply
    return reply if isinstance(reply, dict) else exchange.events[-1] if exchange.events else None


def _key(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _values(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The ids and the items of a reply, with the paths to them."""
    if isinstance(value, dict):
        if path and isinstance(value.get("type"), str) and len(value) > 1:
            yield path, value
        for key, each in value.items():
            if isinstance(each, str) and len(each) >= SHORTEST and _MADE.fullmatch(key):
                yield (*path, key), each
            yield from _values(each, (*path, key))
    elif isinstance(value, list):
        last = len(value) - 1
        for place, each in enumerate(value):  # the last of a page is meant as such, however long the next one is
            yield from _values(each, (*path, -1 if place == last > 0 else place))


def _texts(request: Request | None) -> Iterator[str]:
    """The texts of a request, each whole."""
    if request is None:
        return
    yield from request.path.split("/")
    yield from (value for _, value in request.query)
    pending = [request.body]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            if isinstance(value, dict):
                yield _key(value)
            pending += value.values() if isinstance(value, dict) else value
