"""Names under which credentials stand in headers and queries, and what is shown in their place."""

from __future__ import annotations

import re
from typing import Final

REDACTED: Final = "[redacted]"

_HEADER = re.compile(
    r"(?:proxy-)?authorization|(?:set-)?cookie|openai-(?:organization|project)"
    r"|(?:.*[-_])?(?:token|secret|password|api[-_]?key|subscription-key)",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"(?:api|subscription)?[-_]?key|(?:access[-_])?token|sig|signature|code|client_secret|password", re.IGNORECASE
)


def is_credential(header: str) -> bool:
    """The value of a header of that name is a secret."""
    return _HEADER.fullmatch(header) is not None


def is_credential_key(key: str) -> bool:
    """The value under that key of a query is a secret."""
    return _QUERY.fullmatch(key) is not None


def redacted_credential(value: str) -> str:
    """What stands for the value of a header that is a credential: its scheme stays."""
    scheme, space, rest = value.partition(" ")
    return f"{scheme} {REDACTED}" if space and rest and scheme.lower() in ("bearer", "basic", "digest") else REDACTED
