"""Flow files of mitmproxy, with the messages of WebSockets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange, Pairs
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.form import Form, Records
from antiphon.recording.importers.socket_turns import SocketMessage, turns
from antiphon.recording.importers.typed_netstrings import NotTnetstring, read_value

BEGINNING: Final = re.compile(rb"\d{1,10}:\d{1,9}:[a-z_]+[,;]")


def read(data: bytes, name: str) -> Records:
    """The exchanges of a flow file."""
    flows: list[Any] = []
    at, cut = 0, ""
    while at < len(data):
        try:
            flow, at = read_value(data, at)
        except NotTnetstring as error:
            cut = f"the flows cannot be read on ({error}); was the file cut short?"
            break
        flows.append(flow)
    if not flows:
        raise RecordingError(f"{name}: {cut or 'holds no flow'}.")
    return parts.exchanges_of(name, "flow", flows, _exchanges, cut)


def _exchanges(flow: Mapping[str, Any], id: str) -> Iterator[Exchange] | Exchange:
    request, response = flow["request"], flow.get("response")
    path = _text(request["path"])
    url = f"{_text(request['scheme'])}://{_text(request['host'])}:{request['port']}{path}"
    content = request.get("content")
    sent = parts.request_to(_text(request["method"]), url, _headers(request), content or None)
    began = values.seconds(request.get("timestamp_start"))
    notes = {values.provider(url)}
    if flow.get("websocket"):
        messages = [_message(each) for each in flow["websocket"]["messages"]]
        return turns(id, sent.path, messages, notes)
    if response is None:
        return parts.exchange(id, sent, parts.RecordedReply(None), began, notes)
    elapsed = max(0.0, values.seconds(response.get("timestamp_end")) - began)
    said = parts.RecordedReply(
        values.status(response["status_code"]), _headers(response), response.get("content"), elapsed,
        frozenset({"untimed"}),
    )  # fmt: skip
    return parts.exchange(id, sent, said, began, notes)


def _message(row: Any) -> SocketMessage:
    if isinstance(row, Mapping):
        return SocketMessage(bool(row["from_client"]), row["content"], values.seconds(row.get("timestamp")))
    return SocketMessage(
        bool(row[1]), row[2] if isinstance(row[2], bytes) else str(row[2]).encode(), values.seconds(row[3])
    )


def _headers(message: Mapping[str, Any]) -> Pairs:
    return tuple((_text(name), _text(value)) for name, value in message.get("headers") or ())


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


FORM = Form(
    "mitmproxy",
    "flow files, with the messages of WebSockets and when they came",
    "when the parts of a body arrived",
)
