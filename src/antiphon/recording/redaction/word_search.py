"""Search for many words at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

import jsonschema_rs


class WordSearch:
    """Tells whether one of some words stands in a text, whatever its case.

    The regular expressions of jsonschema_rs look for all words in one pass, where `in` takes one for each.
    """

    def __init__(self, *words: bytes) -> None:
        """`words` are in lower case."""
        self.words = words

    @cached_property
    def _matches(self) -> Callable[[str], bool]:
        pattern = "|".join(re.escape(word.decode()) for word in self.words)
        options = jsonschema_rs.RegexOptions()
        return jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=options).is_valid

    def __call__(self, lowered: bytes) -> bool:
        """Whether one of the words is in bytes in lower case."""
        try:
            return self._matches(lowered.decode()) if len(self.words) > 1 else self.words[0] in lowered
        except UnicodeDecodeError:
            return any(word in lowered for word in self.words)
