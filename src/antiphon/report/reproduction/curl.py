"""The curl that repeats a request, without its secrets."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from secrets import token_hex
from urllib.parse import quote, urlencode

from antiphon.credential_names import REDACTED, is_credential
from antiphon.recording.exchange import INBOUND, SECOND_KEY, SOCKET_METHOD, Exchange, Request
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.report.text import visible

MOST_BODY = 4096
"""Bytes of a body that stand in the command itself."""

BODY_IN_FILE = "--data-binary @body"
"""Options where the body is not in the command itself."""

HEADERS = frozenset({"accept", "content-type", "idempotency-key", "last-event-id", "openai-beta"})
"""Headers of a recorded client that change what a server answers and hold no secret."""
DEFAULTS = frozenset({"host", "content-length", "connection", "transfer-encoding", "user-agent"})
"""Headers that curl sends as it has to."""

_TOKEN = token_hex(8)
"""What no server can know, so that nothing it sends is taken for a slot, and for a variable."""
_SLOT = re.compile(rf"~~{_TOKEN}~([A-Za-z_][A-Za-z0-9_]*)~~")

_JSON_SLOT = re.compile(rf'"(~~{_TOKEN}~json\d+~~)"')
"""A slot whose variable holds JSON, which has quotes of its own where it is a text."""


def slot(name: str) -> str:
    """What stands in a request for the value of a shell variable."""
    return f"~~{_TOKEN}~{name}~~"


def curl(exchange: Exchange, target: CommandTarget) -> str:
    """One line for a POSIX shell; empty where the request was not recorded, or was none over HTTP."""
    if not is_repeatable(exchange):
        return ""
    assert exchange.request is not None
    data, note = _data(exchange.request, MOST_BODY)
    words = ["curl", "-i", *(["-N"] if _streams(exchange) else []), *request_words(exchange, target), *data]
    return " ".join(words) + (f"  # {note} of exchange {visible(exchange.id)} in the transcript" if note else "")


def is_repeatable(exchange: Exchange) -> bool:
    """The request is known, and one that curl can make."""
    request = exchange.request
    return request is not None and INBOUND not in exchange.notes and request.method != SOCKET_METHOD


def request_words(exchange: Exchange, target: CommandTarget) -> list[str]:
    """The words of a shell that say method, address and headers of the request of an exchange."""
    request = exchange.request
    assert request is not None
    words = ["-X", shell_word(visible(request.method)), _url(request, target)]
    for header in _headers(exchange, request, target):
        words += ["-H", header]
    return words


def body_words(exchange: Exchange, most: int) -> list[str] | None:
    """The words of a shell for the body of a request; None where it is no text, or longer than `most` bytes."""
    assert exchange.request is not None
    words, note = _data(exchange.request, most)
    return None if note else words


def shell_word(text: str) -> str:
    """A text as one word of a shell, in which each slot is the value of its variable."""
    parts = _SLOT.split(text)
    words = (f'"${part}"' if place % 2 else shlex.quote(part) if part else "" for place, part in enumerate(parts))
    return "".join(words) or "''"


def _streams(exchange: Exchange) -> bool:
    request = exchange.request
    asked = request.body.get("stream") if request and isinstance(request.body, dict) else None
    return exchange.is_stream or asked is True or bool(request and ("stream", "true") in request.query)


def _url(request: Request, target: CommandTarget) -> str:
    base_url = target.base_url
    path = quote(request.path, safe="/%:@!$&'()*+,;=~-._", errors="backslashreplace")
    if request.query:
        path += "?" + urlencode([_parameter(pair, target) for pair in request.query], errors="backslashreplace")
    if not base_url or base_url.rstrip("/").endswith("/v1") or _SLOT.fullmatch(base_url):
        path = path.removeprefix("/v1")  # recordings have the whole path, and the address has its beginning, too
    return '"$OPENAI_BASE_URL"' + shell_word(path) if not base_url else shell_word(visible(base_url.rstrip("/")) + path)


def _parameter(pair: tuple[str, str], target: CommandTarget) -> tuple[str, str]:
    """A pair of the query, whose value is that of a variable where the target was configured so."""
    variable = target.query.get(pair[0])
    return (pair[0], slot(variable)) if variable else pair


def _headers(exchange: Exchange, request: Request, target: CommandTarget) -> Iterator[str]:
    """The headers, each as one word: those with credentials first."""
    sent = {name.lower(): value for name, value in request.headers}
    known = dict(sent)
    if not target.base_url or not sent:  # recorders strip keys
        known = {"authorization": ""} | known if "api-key" not in known else known
    hidden = list(target.credentials(known, SECOND_KEY in exchange.notes))
    yield from (f'"{visible(name)}: {value}"' for name, value in hidden)
    if request.body is not None:
        sent.setdefault("content-type", "application/json")
    shown = sent.keys() - {name.lower() for name, _ in hidden}
    yield from (
        shell_word(f"{name.title()}: {visible(sent[name])}")
        for name in sent
        if _is_telling(name, sent, target) and name in shown
    )
    if "host" in sent:  # all headers are known, and curl adds some of its own
        yield from (f"{name.title()}:" for name in ("accept", "user-agent") if name not in sent)
    if request.content is not None and "content-type" not in sent:
        yield "Content-Type:"


def _is_telling(name: str, sent: Mapping[str, str], target: CommandTarget) -> bool:
    """A header that may change what the server answers, and that curl does not send by itself."""
    if name in DEFAULTS or is_credential(name) or REDACTED in sent[name]:
        return False
    if (name, sent[name]) in (("accept", "*/*"), ("accept-encoding", "identity")):
        return False
    return bool(target.base_url) or name in HEADERS


def _data(request: Request, most: int) -> tuple[list[str], str]:
    """The options for the body, and a note where it is not in the command."""
    if request.body is None and request.content is None:
        return [], ""
    if request.content is not None:
        text = request.content.decode("utf-8", "replace")
        size, whole = len(request.content), text.encode() == request.content and visible(text) == text
    else:
        text = _json(request)
        size, whole = len(text.encode()), True
    if whole and size <= most:
        return ["--data-raw", shell_word(text)], ""
    return BODY_IN_FILE.split(" "), f"body: the {size} bytes of the request"


def _json(request: Request) -> str:
    text = _JSON_SLOT.sub(r"\1", json.dumps(request.body, ensure_ascii=False))
    return "".join(c if visible(c) == c else json.dumps(c)[1:-1] for c in text)
