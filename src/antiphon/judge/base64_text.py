"""Base64, as images are written in replies."""

from __future__ import annotations

import re
from typing import Any


def is_base64(value: Any) -> bool:
    """The value is base64, and not empty. Recordings shorten long images, so its length is not looked at."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9+/]+(\.\.\.[A-Za-z0-9+/]+)?={0,2}", value) is not None
