"""Shape of a recorded exchange, as far as it is replayed. Whoever reads recordings hands them over in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

TextPairs = Sequence[tuple[str, str]]


class RecordedRequest(Protocol):
    """Request of an exchange."""

    @property
    def method(self) -> str:
        """The verb of HTTP."""

    @property
    def path(self) -> str:
        """The path, below the base URL or with it."""

    @property
    def query(self) -> TextPairs:
        """Names and values of the query."""

    @property
    def body(self) -> Any:
        """The JSON of the body, else None."""


class RecordedResponse(Protocol):
    """Reply of an exchange."""

    @property
    def status(self) -> int | None:
        """The status; None where it was not recorded."""

    @property
    def headers(self) -> TextPairs:
        """Names and values of the headers."""

    @property
    def chunks(self) -> Sequence[tuple[float, bytes]]:
        """The pieces of the body, each after so many seconds."""

    @property
    def complete(self) -> bool:
        """Whether the body came to its end."""


class RecordedExchange(Protocol):
    """Request and reply; without one of them it is not replayed."""

    @property
    def request(self) -> RecordedRequest | None:
        """What was asked."""

    @property
    def response(self) -> RecordedResponse | None:
        """What was answered."""
