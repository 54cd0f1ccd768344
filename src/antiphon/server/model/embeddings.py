"""Embeddings that follow from the words of a text: texts that share words are near each other."""

from __future__ import annotations

import math
import re
from hashlib import sha256

WORD = re.compile(r"\w+")


def embed(text: str, dimensions: int) -> list[float]:
    """A vector of length 1 for a text: each of its words goes in one direction."""
    vector = [0.0] * dimensions
    for word in WORD.findall(text.lower()) or [text]:
        digest = sha256(word.encode("utf-8", "surrogatepass")).digest()
        vector[int.from_bytes(digest[:4], "big") % dimensions] += 1.0 if digest[4] % 2 else -1.0
    size = math.sqrt(sum(value * value for value in vector))
    if not size:
        vector[0] = size = 1.0
    return [value / size for value in vector]
