"""Conclusions from counts of tokens: held back until the counts were seen to move."""

from __future__ import annotations

from collections.abc import Iterator

MOST_KEPT = 5_000


class CountConclusions:
    """Conclusions that rest on the counts of one surface. A count that stands still shows no effect, and none missing.

    That a longer request counts more is the control; so are two outputs that count differently.
    """

    def __init__(self) -> None:
        self._moves = {"input": False, "output": False}
        self._first_output: int | None = None
        self._withheld: list[tuple[str, str, str]] = []

    def see_output(self, tokens: int | None) -> None:
        """Take in the output tokens of one reply."""
        if tokens is None:
            return
        if self._first_output is None:
            self._first_output = tokens
        self._moves["output"] |= tokens != self._first_output

    def confirm(self) -> None:
        """More was sent, and more was counted."""
        self._moves["input"] = True

    def withhold(self, kind: str, name: str, exchange: str) -> None:
        """Keep that a count of a kind, `input` or `output`, shows no effect of a parameter."""
        if len(self._withheld) < MOST_KEPT:
            self._withheld.append((kind, name, exchange))

    def finish(self) -> Iterator[tuple[str, str]]:
        """The parameters that had no effect, and the exchanges that show it, as far as their counts move."""
        yield from ((name, exchange) for kind, name, exchange in self._withheld if self._moves[kind])
