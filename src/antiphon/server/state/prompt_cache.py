"""Beginnings of prompts that were read before."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from antiphon.server.json_values import Json
from antiphon.server.model import tokens

LEAST = 1024
"""Tokens from which on a beginning is kept."""
STEP = 128
"""Its tokens are counted in steps of as many."""
MOST = 1000
"""Beginnings that are kept at most, the newest."""
UNREAD = ("id", "status")
"""Members of an item that the model does not read."""


class PromptCache:
    """Digests of the prompts that were read, one for each item at which another prompt may part from them."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def cached(self, head: Sequence[Any], items: Sequence[Json], counted: int) -> int:
        """The tokens of the longest known beginning of a prompt of `counted` tokens, which is kept itself."""
        rolling = blake2b(_bytes(head), digest_size=16)
        length = counted - sum(map(tokens.of_item, items))
        found = 0
        for item in items:
            rolling.update(_bytes({name: value for name, value in item.items() if name not in UNREAD}))
            length += tokens.of_item(item)
            if length >= LEAST:
                key = rolling.digest()
                found = length if key in self._known else found
                self._known[key] = None
                self._known.move_to_end(key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return found // STEP * STEP


def _bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=str).encode()
