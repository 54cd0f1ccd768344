"""Placeholders that recorders write over values: what was there is unknown, as if it had not been recorded."""

from __future__ import annotations

import re
from typing import Any

_WORDS = "redacted|sanitized|sanitised|filtered|scrubbed|masked|omitted|removed|hidden"
_PLACEHOLDER = re.compile(
    rf"[\[<({{*_-]+\s*(?:{_WORDS})(?:[ _-][\w -]*)?\s*[\]>)}}*_-]+"
    rf"|(?:[a-z]+[_-])?(?:{_WORDS})(?:[_-]\d+)?|[a-z][a-z_-]*-x{{3,}}|x{{8,}}",
    re.IGNORECASE,
)
"""`[REDACTED]`, `**REDACTED**`, `<redacted>`, `Sanitized`, `req_REDACTED_1`, `X-REQUEST-ID-XXX`."""


def is_placeholder(value: Any) -> bool:
    """The value is a text that a recorder put in the place of another."""
    return isinstance(value, str) and len(value) <= 60 and _PLACEHOLDER.fullmatch(value) is not None
