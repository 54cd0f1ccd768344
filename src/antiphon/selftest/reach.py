"""Scenarios that a fault can affect, from the exchanges of the server without faults.

Up to the first exchange that a fault changes, a scenario goes as it went without the fault. So one that holds no
exchange which the fault could change need not be played again: it leaves what it left then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from starlette.requests import Request
from starlette.routing import compile_path

from antiphon.exercise.scenario import get_scenario, is_registered
from antiphon.recording.exchange import INBOUND, SOCKET_METHOD, Exchange
from antiphon.selftest.dry_run import changes_events, changes_objects, fresh
from antiphon.server.app.application import ROUTES
from antiphon.server.behaviour.fault import Fault, ModelInput, OutgoingReply
from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.behaviour.policy_trace import Reads
from antiphon.server.responses.response_skeleton import response_object

SHAPES = ("item", "response")
STREAMS = ("events", "numbered", "delivery", "frames")
CHAT = ("completion", "chunks", "chat_frames")
LATE_FIELDS = frozenset({"date", "content-length", "content-type", "transfer-encoding", "connection", "cache-control"})
RIGHT = ServerPolicy()
May = Callable[[Exchange], bool]


class Reach:
    """Exchanges of the server without faults, and the switches that it read for each."""

    def __init__(self, exchanges: Iterable[Exchange], reads: Reads) -> None:
        self._reads = reads
        self._exchanges: dict[str, list[Exchange]] = {}
        for exchange in exchanges:
            self._exchanges.setdefault(str(exchange.scenario), []).append(exchange)

    def of(self, fault: Fault) -> frozenset[str]:
        """The scenarios that the fault can affect."""
        ways = tuple(self._ways(fault))
        return frozenset(
            name for name, said in self._exchanges.items() if any(may(each) for each in said for may in ways)
        )

    def _ways(self, fault: Fault) -> Iterator[May]:
        if any(getattr(fault, each) for each in SHAPES):
            yield lambda exchange: _accepted(exchange) and not _is_apart(exchange) and changes_objects(fault, exchange)
        if any(getattr(fault, each) for each in STREAMS):
            yield lambda exchange: _unfolds(exchange) and not _is_apart(exchange) and changes_events(fault, exchange)
        if any(getattr(fault, each) for each in CHAT):
            yield lambda exchange: _accepted(exchange) and _is_chat(exchange)
        if fault.request:
            yield lambda exchange: _changes_request(fault, exchange)
        if fault.model_input:
            yield lambda exchange: _changes_model_input(fault, exchange)
        if fault.reply:
            yield lambda exchange: _changes_reply(fault, exchange)
        for switch, value in fault.policy.items():
            yield UNREAD.get(switch) or self._reader(
                frozenset(_changed_switches(switch, value, getattr(RIGHT, switch)))
            )

    def _reader(self, turned: frozenset[str]) -> May:
        def read(exchange: Exchange) -> bool:
            if _is_socket(exchange):
                return False
            id = exchange.response.header("x-request-id") if exchange.response else None
            return id is None or id not in self._reads or not turned.isdisjoint(self._reads[id])

        return read


def _changed_switches(path: str, value: Any, right: Any) -> Iterator[str]:
    """What a trace calls the switches that differ."""
    if is_dataclass(right):
        for each in fields(right):
            if getattr(value, each.name) != getattr(right, each.name):
                yield from _changed_switches(
                    f"{path}.{each.name}", getattr(value, each.name), getattr(right, each.name)
                )
    else:
        yield path
        if isinstance(right, frozenset):
            yield from (f"{path}:{member}" for member in value ^ right)


def _accepted(exchange: Exchange) -> bool:
    """The server did not refuse, or did not say so."""
    return exchange.status is None or exchange.status < 400


def _is_chat(exchange: Exchange) -> bool:
    return exchange.request is not None and exchange.request.path.startswith("/chat/")


def _is_apart(exchange: Exchange) -> bool:
    """What changes responses has no part in it."""
    return _is_chat(exchange) or _is_socket(exchange) or INBOUND in exchange.notes


def _unfolds(exchange: Exchange) -> bool:
    """Events are made for it, whether they are sent or not."""
    return _accepted(exchange) and (exchange.is_stream or _field(exchange, "background") is not None)


def _is_socket(exchange: Exchange) -> bool:
    """Said over a socket, or to open one: only the switches for sockets concern it."""
    asked = exchange.request
    return asked is not None and (asked.method == SOCKET_METHOD or (asked.method, asked.path) == ("GET", "/responses"))


def _has_delivery(exchange: Exchange) -> bool:
    """A delivery follows on it, or its scenario looks for some."""
    name = str(exchange.scenario)
    looks = is_registered(name) and "webhooks" in get_scenario(name).needs
    return looks or INBOUND in exchange.notes or _field(exchange, "background") is not None


def _field(exchange: Exchange, name: str) -> Any:
    return exchange.sent.get(name) if isinstance(exchange.sent, dict) else None


UNREAD: Mapping[str, May] = {
    "sockets": _is_socket,
    "webhooks": _has_delivery,
}
"""Switches that are not looked up for each request, and what they concern."""


def _changes_request(fault: Fault, exchange: Exchange) -> bool:
    """The fault refuses the request, or reads something else in it."""
    asked = exchange.request
    if asked is None or _is_socket(exchange) or INBOUND in exchange.notes:
        return False
    if asked.content is not None:
        return True
    if asked.body is None and asked.method != "POST":
        return False
    if fault.together:
        return True
    body = asked.body or {}
    assert fault.request is not None
    try:
        return fault.request(asked.path, fresh(body)) != body
    except Exception:  # a refusal, or a fault that cannot be asked
        return True


def _changes_model_input(fault: Fault, exchange: Exchange) -> bool:
    """The model would read something else of the create."""
    asked = exchange.request
    if asked is None or asked.path != "/responses" or not isinstance(asked.body, dict) or _is_socket(exchange):
        return False
    body = fresh(asked.body)
    given = body.get("input") if isinstance(body.get("input"), list) else []
    assert fault.model_input is not None
    try:
        read = ModelInput(body, response_object(body, "", 0), [{"type": "unknown"}], given)
        return fault.model_input(ModelInput(*map(fresh, (read.body, read.settings, read.history, read.input)))) != read
    except Exception:  # a create that is refused, or that the fault cannot be asked about
        return True


_OPERATIONS = [(method, compile_path(path)[0], operation) for method, path, operation, _ in ROUTES]


def _operation(method: str, path: str) -> str:
    return next((name for verb, pattern, name in _OPERATIONS if verb == method and pattern.match(path)), "none")


class _Unseen:
    """Stands for a request that is over; whoever asks it anything cannot be asked without it."""

    def __getattr__(self, name: str) -> Any:
        raise LookupError(name)


def _changes_reply(fault: Fault, exchange: Exchange) -> bool:
    """The fault changes the reply, or wants to know more of the request than can be told."""
    asked, came = exchange.request, exchange.response
    if asked is None or _is_socket(exchange) or INBOUND in exchange.notes:
        return False
    if came is None or came.status is None or fault.together:
        return True
    operation = _operation(asked.method, asked.path)
    body = None if exchange.is_stream else exchange.body
    headers = {name.lower(): value for name, value in came.headers if name.lower() not in LATE_FIELDS}
    reply = OutgoingReply(operation, came.status, fresh(body), dict(headers), cast(Request, _Unseen()))
    assert fault.reply is not None
    try:
        after = fault.reply(reply)
    except Exception:
        return True
    return (after.operation, after.status, after.body, after.headers) != (operation, came.status, body, headers)
