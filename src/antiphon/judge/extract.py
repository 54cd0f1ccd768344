"""Extraction of subjects from an exchange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.contract.missing_routes import is_missing
from antiphon.contract.model import Edition
from antiphon.judge.stream_analysis import notable_events
from antiphon.judge.subjects.chat import ChatCompletion, ChatStream
from antiphon.judge.subjects.responses import (
    ITEM_EVENTS,
    REPEATING,
    Call,
    Decision,
    ErrorReply,
    Item,
    ListPage,
    Reply,
    ResponseObject,
    Stream,
    Success,
    Turn,
)
from antiphon.recording.exchange import REFUSAL, Exchange
from antiphon.recording.fast_json import same_json

SOCKET = "websocket"


def subjects_of(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    """Every subject that one exchange holds."""
    common = (exchange, operation, edition)
    yield Call(*common)
    if exchange.response is None:
        return
    if exchange.status == 101:
        if exchange.is_socket:
            yield from _of_turn(*common)
        return
    if operation == SOCKET and is_missing(SOCKET, exchange.status):
        return  # a server without WebSockets declines the handshake before its application is asked, so without a body
    yield Decision(*common)
    yield Reply(*common)
    if (exchange.status or 0) >= 400 or (exchange.status is None and REFUSAL in exchange.notes):
        yield ErrorReply(*common)
    elif exchange.is_stream:
        yield from _of_stream(*common)
    else:
        yield from _of_body(*common)


def _of_turn(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    yield Turn(exchange, operation, edition)
    yield from _in_events(exchange, operation, edition, enumerate(exchange.events))


def _of_stream(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    if operation.startswith("chat."):
        yield ChatStream(exchange, operation, edition)
        return
    stream = Stream(exchange, operation, edition)
    yield stream
    yield from _in_events(exchange, operation, edition, notable_events(stream))


def _in_events(
    exchange: Exchange, operation: str, edition: Edition, events: Iterable[tuple[int, Mapping[str, Any]]]
) -> Iterator[Call]:
    said: Any = None
    for number, event in events:
        kind = event.get("type")
        if isinstance(event.get("response"), dict):
            before, said = said, event["response"]
            if kind in REPEATING and same_json(said, before):
                continue
            where = f"event {number} /response"
            yield from _of_response(exchange, operation, edition, event["response"], where, str(kind))
        elif isinstance(kind, str) and kind in ITEM_EVENTS and isinstance(event.get("item"), dict):
            yield Item(exchange, operation, edition, event["item"], f"event {number} /item", ITEM_EVENTS[kind])


def _of_response(
    exchange: Exchange, operation: str, edition: Edition, body: Mapping[str, Any], where: str, event: str | None
) -> Iterator[Call]:
    response = ResponseObject(exchange, operation, edition, body, where, event)
    yield response
    for number, item in enumerate(response.output):
        yield Item(exchange, operation, edition, item, f"{where}/output/{number}", "output")


def _of_body(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    body = exchange.body
    yield Success(exchange, operation, edition)
    if not isinstance(body, dict) or _is_refusal(body):
        return
    kind = body.get("object")
    if operation.endswith("delete"):
        return  # what a delete answers may call itself a response (D-17), and is none
    if operation.startswith("chat."):
        yield from _of_chat(exchange, operation, edition, body)
    elif operation == "create" or (kind == "response" and operation in ("retrieve", "cancel")):
        yield from _of_response(exchange, operation, edition, body, "", None)
    elif kind == "list" or operation.endswith(("input_items", ".list")):
        yield ListPage(exchange, operation, edition, body)
        yield from _items(exchange, operation, edition, body.get("data"), "/data", "list")
    elif operation == "compact":
        yield from _items(exchange, operation, edition, body.get("output"), "/output", "compaction")
    elif operation == "conversations.items.get":
        yield Item(exchange, operation, edition, body, "", "list")


def _of_chat(exchange: Exchange, operation: str, edition: Edition, body: Mapping[str, Any]) -> Iterator[Call]:
    if operation in ("chat.list", "chat.messages"):
        yield ListPage(exchange, operation, edition, body)
    elif operation != "chat.delete":
        yield ChatCompletion(exchange, operation, edition, body)


def _items(
    exchange: Exchange, operation: str, edition: Edition, values: Any, where: str, source: str
) -> Iterator[Call]:
    for number, item in enumerate(values if isinstance(values, list) else []):
        if isinstance(item, dict):
            yield Item(exchange, operation, edition, item, f"{where}/{number}", source)


def _is_refusal(body: Mapping[str, Any]) -> bool:
    """An error envelope in place of an object: a reply with a success status that says it failed."""
    return isinstance(body.get("error"), dict | str) and not {"id", "object", "output", "choices"} & body.keys()
