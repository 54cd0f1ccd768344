"""Tokens of a call: an estimate from its request, and the count from its reply."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from antiphon.recording.exchange import SOCKET_METHOD, Exchange, Request

BYTES_PER_TOKEN = 3
"""Of JSON; text alone has about four."""
OVERHEAD = 20
"""Tokens that a service puts around each input."""
OUTPUT = 500
"""Tokens of an answer that the request does not bound."""
IMAGE = 300
"""Tokens of a small image, whatever the size of its data."""
_BOUNDS = ("max_output_tokens", "max_completion_tokens", "max_tokens")
_DATA = re.compile(r"data:[a-z/+.-]{1,60};base64,[A-Za-z0-9+/=]*")
_ASKING = ("/responses", "/responses/compact", "/chat/completions")


class Tokens(NamedTuple):
    """Tokens in and out."""

    input: int = 0
    output: int = 0

    @property
    def total(self) -> int:
        """Input and output tokens."""
        return self.input + self.output

    def plus(self, other: Tokens) -> Tokens:
        """The sum of two counts."""
        return Tokens(self.input + other.input, self.output + other.output)


NONE = Tokens()


def needs_model(request: Request) -> bool:
    """The request makes a model answer, if it is taken."""
    return request.method in ("POST", SOCKET_METHOD) and request.path in _ASKING and isinstance(request.body, dict)


def estimate_tokens(request: Request, before: int = 0) -> Tokens:
    """The most that a request is expected to use; `before` are the tokens of a context that it only names."""
    if not needs_model(request):
        return Tokens()
    read = {name: value for name, value in request.body.items() if name != "metadata"}  # what no model reads is free
    text = json.dumps(read, ensure_ascii=True, default=str)
    bare, images = _DATA.subn("", text)
    wanted = next((request.body[name] for name in _BOUNDS if _is_count(request.body.get(name))), OUTPUT)
    several = request.body.get("n")
    times = several if _is_count(several) and several <= 128 else 1
    return Tokens(len(bare) // BYTES_PER_TOKEN + OVERHEAD + IMAGE * images + before, min(wanted, 100_000) * times)


def stores_response(request: Request) -> bool:
    """A request that, if it is taken, leaves something to be deleted: unless told otherwise, a response is stored."""
    body = request.body if isinstance(request.body, dict) else {}
    if request.path == "/responses" and request.method in ("POST", SOCKET_METHOD):
        return body.get("store") is not False
    stored_chat = request.path == "/chat/completions" and body.get("store") is True
    return request.method == "POST" and (stored_chat or request.path == "/conversations")


def count_tokens(exchange: Exchange, always: bool = False) -> Tokens:
    """Tokens by the usage of a reply, of Responses or of Chat Completions; none where it has no usage.

    A reply to a call that asks no model shows what another call used; it counts only with `always`.
    """
    usage = _usage(exchange, always)
    return Tokens(
        _count(usage.get("input_tokens", usage.get("prompt_tokens"))),
        _count(usage.get("output_tokens", usage.get("completion_tokens"))),
    )


def _usage(exchange: Exchange, always: bool) -> Mapping[str, Any]:
    if not always and exchange.request is not None and not needs_model(exchange.request):
        return {}
    reply = exchange.reply
    usage = reply.get("usage") if isinstance(reply, dict) else None
    if isinstance(usage, dict):
        return usage
    for event in reversed(exchange.events if exchange.is_stream else []):
        if isinstance(event.get("usage"), dict):
            found: Mapping[str, Any] = event["usage"]
            return found
    return {}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _count(value: Any) -> int:
    return value if _is_count(value) and value < 10**9 else 0
