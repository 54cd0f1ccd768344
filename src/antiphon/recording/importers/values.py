"""Values as recorders write them, in several notations: times, statuses, headers, texts and bytes."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from antiphon.recording.exchange import Pairs


def header(headers: Pairs, name: str) -> str:
    """The first value of a header; `name` is in lower case. Empty where there is none."""
    return next((value for each, value in headers if each.lower() == name), "")


def date(headers: Pairs) -> float:
    """When a message was sent, by its Date header, in seconds since the epoch; 0 where it does not say."""
    try:
        return parsedate_to_datetime(header(headers, "date")).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def moment(text: Any) -> float:
    """Seconds since the epoch of a day or moment in ISO 8601 or in the form of HTTP; 0 for anything else."""
    if not isinstance(text, str):
        return 0.0
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return date((("date", text),))
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return 0.0


def seconds(value: Any, unit: float = 1.0) -> float:
    """A duration that was recorded as a number of `unit` seconds; 0 where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        duration = float(value) * unit
    except OverflowError:
        return 0.0
    return duration if math.isfinite(duration) and duration > 0 else 0.0


def status(value: Any) -> int | None:
    """A recorded status, `200`, `"200 OK"` or None. Raises ValueError for what is none."""
    if value is None:
        return None
    number = int(str(value).split()[0]) if str(value).strip() else 0
    if number != 0 and not 100 <= number <= 999:
        raise ValueError(f"{number} is not an HTTP status")
    return number


def header_pairs(headers: Any) -> Pairs:
    """Headers from a mapping of names to a value or several, or from a list of pairs or of named objects."""
    if isinstance(headers, Mapping):
        return tuple((str(name), _text(one)) for name, value in headers.items() for one in _several(value))
    found = []
    for item in headers or ():
        name, value = (item["name"], item.get("value", "")) if isinstance(item, Mapping) else item
        found.append((str(name), _text(value)))
    return tuple(found)


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else "" if value is None else str(value)


def path_and_query(url: str) -> tuple[str, str]:
    """Path and query of an address; what a recorder put in place of its host may be no host."""
    try:
        split = urlsplit(url)
    except ValueError:
        _, _, rest = url.partition("://")
        path, _, query = rest.partition("?")
        return "/" + path.partition("/")[2], query
    return split.path, split.query


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def provider(url: Any) -> str:
    """The note that names whose server an address is."""
    host = _host(str(url))
    if host == "api.openai.com" or host.endswith(".api.openai.com"):
        return "provider:openai"
    if host.endswith((".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")):
        return "provider:azure"
    return "provider:other"


def as_bytes(value: Any) -> bytes:
    """Bytes of a text or of bytes; of any other JSON value, its JSON."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json_bytes(value)


def json_bytes(value: Any) -> bytes:
    """A JSON value as it would be sent."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def decode_base64(text: Any) -> bytes:
    """The bytes of a Base64 text, line ends allowed. Raises ValueError where it is none."""
    data = text if isinstance(text, bytes) else str(text).encode("ascii")
    return base64.b64decode(b"".join(data.split()), validate=True)
