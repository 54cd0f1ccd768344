"""Conclusions from counts of tokens: held back until the counts were seen to move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from antiphon.effects.cell import Places


@dataclass
class CountConclusions:
    """Conclusions that rest on the counts of one surface. A count that stands still shows no effect, and none missing.

    That a longer request counts more is the control; so are two outputs that count differently.
    """

    least_output: int | None = None
    most_output: int | None = None
    input_moves: bool = False
    withheld: dict[str, dict[str, Places]] = field(default_factory=dict)
    """By kind and parameter: the exchanges in which a count shows no effect."""

    def see_output(self, tokens: int | None) -> None:
        """Take in the output tokens of one reply."""
        if tokens is not None:
            self.least_output = tokens if self.least_output is None else min(tokens, self.least_output)
            self.most_output = tokens if self.most_output is None else max(tokens, self.most_output)

    def confirm(self) -> None:
        """More was sent, and more was counted."""
        self.input_moves = True

    def withhold(self, kind: str, name: str, exchange: str) -> None:
        """Keep that a count of a kind, `input` or `output`, shows no effect of a parameter."""
        self._places(kind, name).add(exchange)

    def _places(self, kind: str, name: str) -> Places:
        return self.withheld.setdefault(kind, {}).setdefault(name, Places())

    def add(self, other: CountConclusions) -> None:
        """Take over other conclusions."""
        self.see_output(other.least_output)
        self.see_output(other.most_output)
        self.input_moves |= other.input_moves
        for kind, every in other.withheld.items():
            for name, places in every.items():
                self._places(kind, name).add_places(places)

    def finish(self) -> Iterator[tuple[str, Places]]:
        """The parameters that had no effect, and the exchanges that show it, as far as their counts move."""
        moves = {"input": self.input_moves, "output": self.least_output != self.most_output}
        yield from (pair for kind, every in self.withheld.items() if moves[kind] for pair in every.items())
