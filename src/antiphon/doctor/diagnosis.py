"""Diagnosis of a plain create that was not answered as it should be: what it is, and the cure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from antiphon.doctor.table import own_words
from antiphon.exercise.http.failures import redirect_words
from antiphon.recording.exchange import Exchange

_CONTEXT = re.compile(r"context[ _](?:length|window|size)|maximum context|too many tokens|max_model_len", re.IGNORECASE)
_MODEL = re.compile(r"model", re.IGNORECASE)
_REQUIRED = re.compile(r"(?:field required|is required|missing|must be provided|required parameter)", re.IGNORECASE)
_SENT = frozenset({"model", "input", "max_output_tokens", "store", "stream", "body"})
PROXY_STATUSES = frozenset({502, 503, 504})


def diagnosis(exchange: Exchange, model: str) -> str:
    """What a reply to a plain create shows to be wrong, with the cure; empty where it is a response object."""
    if exchange.failure:
        return f"no whole reply: {exchange.failure.message}"
    status, words = exchange.status or 0, own_words(exchange).rstrip(".")
    if exchange.is_success:
        return _no_response(exchange, words)
    if 300 <= status < 400:
        return f"redirected: {redirect_words(exchange)}"
    if status in PROXY_STATUSES:
        return f"{words}; a proxy answers, and the server behind it does not: is that one running?"
    if status == 429:
        return f"{words}; wait, or give --rate and --concurrency what the server bears"
    if field := _missing_field(exchange):
        return f"{words}; it wants a field of its own: --body-field '{field}=JSON'"
    if _CONTEXT.search(words):
        return f"{words}; its context is too small for a run: start it with a longer one"
    if status == 404 or _MODEL.search(words):
        return f"{words}; for model {model}: give --model a model of this server"
    if status >= 500:
        return f"{words}; the server failed on a plain create: its own log says why"
    return f"{words}; this is what a run would be told too"


def _no_response(exchange: Exchange, words: str) -> str:
    if isinstance(exchange.body, dict) and isinstance(exchange.body.get("output"), list):
        return ""
    if isinstance(exchange.body, dict) and exchange.body.get("object") == "chat.completion":
        return "a chat completion came, and no response: this route is Chat Completions"
    if exchange.is_stream:
        return "an event stream came, though none was asked for; does the server answer streamed only?"
    return f"a success that holds no response object ({words}); is this the Responses API?"


def _missing_field(exchange: Exchange) -> str:
    """A field that a refusal says is missing, and that no create of the contract has to have."""
    body = exchange.body if isinstance(exchange.body, dict) else {}
    error = body.get("error")
    param = error.get("param") if isinstance(error, Mapping) else None
    if isinstance(param, str) and param.split(".")[0] not in _SENT and _REQUIRED.search(own_words(exchange)):
        return param
    detail = body.get("detail")
    for entry in detail if isinstance(detail, list) else ():
        field = _field_of(entry)
        if field and field not in _SENT:
            return field
    return ""


def _field_of(entry: Any) -> str:
    """The field of an entry of FastAPI's list of mistakes, where it is missing."""
    if not isinstance(entry, dict) or "missing" not in str(entry.get("type")):
        return ""
    place = entry.get("loc")
    return str(place[-1]) if isinstance(place, list) and place else ""
