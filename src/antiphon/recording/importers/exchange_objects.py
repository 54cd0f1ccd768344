"""Exchanges in JSON or YAML of any program: objects with a request and a reply, under whatever names.

Among others these are recordings of Azure's test proxy, ExVCR and Python's `responses`, sessions of Charles, exports of
Postman, Newman, Bruno and Insomnia, simulations of Hoverfly, imposters of Mountebank, expectations of MockServer, taps
of Envoy, events of Lambda and the request logs of gateways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from antiphon.recording.exchange import Exchange, Pairs
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.bodies import is_event
from antiphon.recording.importers.form import DocumentForm, Origin, Records

DEPTH: Final = 12
_REPLIES: Final = ("response", "httpresponse", "reply", "res", "is", "responses")
_REQUESTS: Final = ("request", "httprequest", "originalrequest", "req")
_STATUSES: Final = (
    "status", "statuscode", "code", "responsestatus", "responsestatuscode", "responsecode", "httpstatus",
)  # fmt: skip
_BODIES: Final = (
    "body", "responsebody", "respbody", "rawbody", "bodytext", "data", "text", "content", "stream", "payload",
)  # fmt: skip
_SENT_BODIES: Final = ("body", "requestbody", "reqbody", "data", "payload", "postdata", "jsondata")
_HEADERS: Final = ("headers", "header", "responseheaders", "respheaders")
_ADDRESSES: Final = ("url", "uri", "requesturi", "requesturl", "requestpath", "absoluteurl", "path", "urlpath")
_METHODS: Final = ("method", "requestmethod", "httpmethod", "verb")
_ENCODED: Final = ("isbase64encoded", "encodedbody", "base64encoded", "isbase64")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*")
_BEGINNING = re.compile(rb"\s*(?:[{\[]|event:|data:|id:|:|\x1f\x8b|\x28\xb5\x2f\xfd)")


class _Pair(NamedTuple):
    """What was found of one exchange, with the names of its members made alike."""

    request: Mapping[str, Any] | None
    reply: Mapping[str, Any]
    around: Mapping[str, Any]


def is_document(value: Any) -> bool:
    """Somewhere in the value is such an object."""
    return next(_pairs(value, 0), None) is not None


def read(value: Any, origin: Origin) -> Records:
    """The exchanges of a document."""
    return parts.exchanges_of(origin.name, "exchange", _pairs(value, 0), _exchange, origin.cut)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping whose names are in small letters without marks; the first of several that are alike."""
    named: dict[str, Any] = {}
    for name, each in value.items():
        named.setdefault(re.sub(r"[^a-z0-9:]", "", str(name).lower()), each)
    return named


def _pairs(value: Any, depth: int) -> Iterator[_Pair]:
    if depth > DEPTH or isinstance(value, str) or is_event(value):
        return
    if isinstance(value, list):
        for each in value:
            yield from _pairs(each, depth + 1)
    elif isinstance(value, Mapping):
        found = list(_pairs_of(_plain(value)))
        yield from found
        if not found:
            for each in value.values():
                yield from _pairs(each, depth + 1)


def _pairs_of(entry: Mapping[str, Any]) -> Iterator[_Pair]:
    request = next((_plain(entry[key]) for key in _REQUESTS if isinstance(entry.get(key), Mapping)), None)
    for key in _REPLIES:
        reply = entry.get(key)
        if isinstance(reply, Mapping) and _is_reply(_plain(reply)):
            yield _Pair(request, _plain(reply), entry)
            return
    if _is_reply(entry) and (request or _first(entry, _ADDRESSES) or _headers_of(entry)):
        yield _Pair(request, entry, entry)


def _is_reply(value: Mapping[str, Any]) -> bool:
    if "object" in value or "output" in value or "choices" in value:  # that is a body itself
        return False
    return _status_of(value) is not None and any(value.get(key) not in (None, "", {}, []) for key in _BODIES)


def _exchange(pair: _Pair, id: str) -> Exchange:
    body, notes = _content(_first(pair.reply, _BODIES), any(pair.reply.get(key) is True for key in _ENCODED))
    said = parts.RecordedReply(_status_of(pair.reply), _headers_of(pair.reply), body, notes=notes)
    sent = _request_of(pair)
    extra = {"untimed", "headers-partial"} | ({values.provider(sent[1])} if sent else {"body-only"})
    return parts.exchange(id, sent and parts.request_to(*sent), said, notes=extra)


def _request_of(pair: _Pair) -> tuple[str, str, Pairs, bytes | None] | None:
    request = pair.request or {key: each for key, each in pair.around.items() if key not in _HEADERS and key != "body"}
    headers = _headers_of(request) if pair.request else ()
    pseudo = dict(headers)
    method = _word(_first(request, _METHODS) or pseudo.get(":method") or _first(pair.around, _METHODS) or "POST")
    address = _address(_first(request, _ADDRESSES)) or pseudo.get(":path") or _address(_first(pair.around, _ADDRESSES))
    host = _word(request.get("host") or request.get("destination") or pair.around.get("host") or "")
    if not address:
        return None
    if host and "://" not in address:
        address = f"https://{host}/{address.lstrip('/')}"
    body = _first(request, _SENT_BODIES)
    is_matcher = isinstance(body, list) and body and isinstance(body[0], Mapping) and "value" in body[0]
    data, _ = _content(_word(body) if is_matcher else body, False)
    return method, address, tuple(each for each in headers if each[0][:1] != ":"), data or None


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if value.get(name) not in (None, "", {}, [])), None)


def _status_of(value: Mapping[str, Any]) -> int | None:
    candidates = [value.get(name) for name in _STATUSES] + [dict(_headers_of(value)).get(":status")]
    for candidate in candidates:
        found = candidate.get("code") if isinstance(candidate, Mapping) else candidate
        digits = str(found).split(" ")[0]
        if not isinstance(found, bool) and digits.isdecimal() and 100 <= int(digits) <= 599:
            return int(digits)
    return None


def _word(value: Any) -> str:
    """A text, or the one that a list of matchers has."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("value", value.get("raw", ""))
    return value if isinstance(value, str) else ""


def _address(value: Any) -> str:
    if isinstance(value, Mapping) and isinstance(value.get("path"), list):
        host = value.get("host")
        start = f"{value.get('protocol') or 'https'}://{'.'.join(map(str, host))}" if isinstance(host, list) else ""
        return f"{start}/{'/'.join(map(str, value['path']))}"
    return _word(value)


def _headers_of(value: Mapping[str, Any]) -> Pairs:
    headers = _first(value, _HEADERS)
    if isinstance(headers, Mapping) and isinstance(headers.get("headers"), list):
        headers = headers["headers"]
    if isinstance(headers, str):
        rows = (line.partition(":") for line in headers.splitlines() if ":" in line)
        return tuple((name.strip(), text.strip()) for name, _, text in rows)
    if isinstance(headers, list):
        named = [each for each in headers if isinstance(each, Mapping)]
        found = [(each.get("name", each.get("key")), each.get("value", each.get("values"))) for each in named]
        return values.header_pairs({str(name): each for name, each in found if name is not None})
    return values.header_pairs(headers) if isinstance(headers, Mapping) else ()


def _content(value: Any, is_encoded: bool) -> tuple[bytes | None, frozenset[str]]:
    """The bytes of a body, None where there is none, and what is not verbatim in them."""
    if value is None:
        return None, frozenset()
    if isinstance(value, str):
        return _decoded(value, is_encoded), frozenset()
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return "".join(value).encode("utf-8", "surrogatepass"), frozenset()
    if isinstance(value, list) and value and all(type(each) is int and 0 <= each < 256 for each in value):
        return bytes(value), frozenset()
    if isinstance(value, Mapping):
        inner = _plain(value)
        is_encoded = is_encoded or str(inner.get("encoding", "")).lower() == "base64"
        if inner.get("type") == "Buffer" and isinstance(inner.get("data"), list):
            return bytes(inner["data"]), frozenset()
        for name in ("string", "text", "encoded", "raw", "asstring"):
            if isinstance(inner.get(name), str):
                return _decoded(inner[name], is_encoded), frozenset()
        for name in ("asbytes", "base64string", "base64bytes"):
            if isinstance(inner.get(name), str):
                return _decoded(inner[name], True), frozenset()
        if str(inner.get("type", "")).upper() == "JSON" and "json" in inner:
            return _content(inner["json"], False)
    return values.json_bytes(value), frozenset({"reserialised"})


def _decoded(text: str, is_encoded: bool) -> bytes:
    plain = text.encode("utf-8", "surrogatepass")
    if not is_encoded and (_BEGINNING.match(plain) or not _BASE64.fullmatch(text)):
        return plain
    try:
        data = values.decode_base64(text)
    except ValueError:
        return plain
    return data if is_encoded or _BEGINNING.match(data) else plain


FORM = DocumentForm(
    "objects with a request and a reply",
    "of Azure's test proxy, ExVCR, Python's `responses`, Charles, Postman, Newman, Bruno, Insomnia, Hoverfly, "
    "Mountebank, MockServer, Envoy, Lambda and request logs, by the names of their members",
    "arrival times; headers that were not kept; how parsed JSON was formatted",
    is_document,
    read,
)
