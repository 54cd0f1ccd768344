"""Request in the form that is sent: address, headers and bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from antiphon import __version__
from antiphon.errors import ConfigError
from antiphon.exercise.http.address import BaseUrl
from antiphon.recording.exchange import Pairs, Request

_DEFAULTS: Pairs = (("Accept", "*/*"), ("Accept-Encoding", "identity"), ("User-Agent", f"antiphon/{__version__}"))
"""No compression: it would hide when each event arrived."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"(?!\s)[^\x00-\x08\x0a-\x1f\x7f]*(?<!\s)")


class OutgoingRequest(NamedTuple):
    """Request for the HTTP library."""

    method: str
    url: str
    headers: list[tuple[bytes, bytes]]
    content: bytes | None


def compose(base: BaseUrl, headers: Pairs, request: Request) -> OutgoingRequest:
    """A request below `base`; its headers take the place of `headers`, and those of our defaults.

    A header without a value leaves out the one that it replaces. `content` is sent as it is, else `body` as JSON.
    """
    check_headers(request.headers)
    content, defaults = request.content, _DEFAULTS
    if content is None and request.body is not None:
        content = _json(request.body)
        defaults = (*defaults, ("Content-Type", "application/json"))
    pairs = _override(_override(defaults, headers), request.headers)
    url = base.url + quote(request.path, safe="/:@!$&'()*+,;=~-._%")
    if request.query:
        url += "?" + urlencode(request.query)
    return OutgoingRequest(
        request.method, url, [(name.encode(), _bytes(value)) for name, value in pairs if value], content
    )


def check_headers(headers: Sequence[tuple[str, str]]) -> None:
    """Raises ConfigError, which does not contain the value, for a header that HTTP does not allow."""
    for name, value in headers:
        if not _NAME.fullmatch(name):
            raise ConfigError(f"Header {name!r} cannot be sent: that is not a header name; correct it where it is set.")
        if not _VALUE.fullmatch(value):
            reason = "its value has a space at an end, a line break or a control character"
            raise ConfigError(f"Header {name!r} cannot be sent: {reason}; correct it where it is set.")


def texts(value: Any) -> list[str]:
    """The values of a query parameter, as they are written."""
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in texts(each)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value)]


def _bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


def _override(headers: Pairs, others: Pairs) -> Pairs:
    """The headers, with those whose names are among the others replaced by them."""
    names = {name.lower() for name, _ in others}
    return (*(pair for pair in headers if pair[0].lower() not in names), *others)


def _json(body: Any) -> bytes:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode("ascii")
