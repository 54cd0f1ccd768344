"""Values that a program prints without quotes around its texts, which nobody can read back."""

from __future__ import annotations

import re
from typing import Final

_TYPE: Final = re.compile(
    r"\b[Tt]ype\]?\s*(?:=>|[=:])\s*(?:Optional\[?)?response\.[a-z_]+|"
    r"\b(?:object|_?object_?|Object)\]?\s*(?:=>|[=:])\s*response\b|"
    r"\"(?:type|object)\": (?:Optional\()?response\b|"
    r"^\s*type\s+: response\.[a-z_]+",
    re.MULTILINE,
)
SENTENCE: Final = (
    "is printed without quotes around its texts (as Go's %v, toString of Java and Kotlin, print_r of PHP, Format-List "
    "and others do), so that texts, numbers and what is absent look alike; print it as JSON"
)


def is_bare_print(text: str) -> bool:
    """Events or bodies stand in a text in such a way."""
    return _TYPE.search(text) is not None
