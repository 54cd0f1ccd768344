"""The command that repeats an exchange, without its secrets."""

from __future__ import annotations

import json
import shlex
from urllib.parse import quote, urlencode

from antiphon.recording.exchange import INBOUND, SOCKET_METHOD, Exchange, Request
from antiphon.report.text import visible

MOST_BODY = 4096
"""Bytes of a body that stand in the command itself."""

BODY_IN_FILE = "--data-binary @body"
"""Options where the body is not in the command itself."""

HEADERS = ("accept", "content-type", "idempotency-key", "last-event-id", "openai-beta")
"""Headers that change what a server answers and hold no secret."""

KEYS = {"authorization": "Authorization: Bearer $OPENAI_API_KEY", "api-key": "api-key: $OPENAI_API_KEY"}


def curl(exchange: Exchange, base_url: str) -> str:
    """One line for a POSIX shell; empty where the request was not recorded, or was none over HTTP."""
    request = exchange.request
    if request is None or INBOUND in exchange.notes or request.method == SOCKET_METHOD:
        return ""
    words = ["curl", "-i"]
    if _streams(exchange, request):
        words.append("-N")
    words += ["-X", shlex.quote(visible(request.method)), _url(request, base_url)]
    for header in _headers(request, recorded=not base_url):
        words += ["-H", header]
    data, note = _data(request)
    words += data
    return " ".join(words) + (f"  # {note} of exchange {visible(exchange.id)} in the transcript" if note else "")


def _streams(exchange: Exchange, request: Request) -> bool:
    asked = request.body.get("stream") if isinstance(request.body, dict) else None
    return exchange.is_stream or asked is True or ("stream", "true") in request.query


def _url(request: Request, base_url: str) -> str:
    path = quote(request.path, safe="/%:@!$&'()*+,;=~-._", errors="backslashreplace")
    if request.query:
        path += "?" + urlencode(request.query, errors="backslashreplace")
    if not base_url or base_url.rstrip("/").endswith("/v1"):
        path = path.removeprefix("/v1")  # recordings have the whole path, and the address has its beginning, too
    if not base_url:
        return '"$OPENAI_BASE_URL"' + shlex.quote(path)
    return shlex.quote(visible(base_url.rstrip("/")) + path)


def _headers(request: Request, recorded: bool) -> list[str]:
    sent = {name.lower(): value for name, value in request.headers}
    keys = [f'"{text}"' for name, text in KEYS.items() if name in sent]
    if not keys and (recorded or not sent):  # recorders strip keys
        keys = [f'"{KEYS["authorization"]}"']
    if request.body is not None:
        sent.setdefault("content-type", "application/json")
    if sent.get("accept") == "*/*":  # curl sends it anyway
        del sent["accept"]
    kept = [f"{name.title()}: {visible(sent[name])}" for name in HEADERS if name in sent]
    if request.content is not None and "content-type" not in sent:
        kept.append("Content-Type:")
    return keys + [shlex.quote(each) for each in kept]


def _data(request: Request) -> tuple[list[str], str]:
    """The options for the body, and a note where it is not in the command."""
    if request.body is None and request.content is None:
        return [], ""
    if request.content is not None:
        text = request.content.decode("utf-8", "replace")
        size, whole = len(request.content), text.encode() == request.content and visible(text) == text
    else:
        text = _json(request)
        size, whole = len(text.encode()), True
    if whole and size <= MOST_BODY:
        return ["--data-raw", shlex.quote(text)], ""
    return BODY_IN_FILE.split(" "), f"body: the {size} bytes of the request"


def _json(request: Request) -> str:
    text = json.dumps(request.body, ensure_ascii=False)
    return "".join(c if visible(c) == c else json.dumps(c)[1:-1] for c in text)
