"""Writer of an output within its limit of tokens."""

from __future__ import annotations

from antiphon.server.json_values import Json
from antiphon.server.model import tokens
from antiphon.server.model.output import ModelOutput


class Writer:
    """Adds items to an output until the limit on its tokens is reached."""

    def __init__(self, limit: int | None) -> None:
        self.plan = ModelOutput()
        self.left = float("inf") if limit is None else limit
        self.full = False

    def spend(self, amount: int) -> int:
        """Take so many tokens, or as many as are left."""
        taken = int(min(amount, self.left))
        self.left -= taken
        self.plan.output_tokens += taken
        if taken < amount:
            self.full = True
        return taken

    def write(self, text: str) -> str:
        """The text, as far as the limit lets it be written."""
        pieces = tokens.pieces(text)
        taken = self.spend(len(pieces))
        return text if taken == len(pieces) else "".join(pieces[:taken])

    def add(self, item: Json) -> None:
        """Add an item to the output."""
        self.plan.items.append(item)
