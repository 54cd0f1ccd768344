"""Form in which a target takes the input of a create: a text, or a list of messages where it refuses any text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import anyio

from antiphon.recording.exchange import Exchange, Request

TRIALS = 3
"""Creates that are refused with a text and tried with a list, before the form is taken not to be the reason."""
_REFUSALS = (400, 422)


@dataclass
class InputForm:
    """Settled once in a run, so that a server that refuses a text is judged on the rest too.

    The refusal stays in the transcript, and a finding.
    """

    is_list: bool = False
    """The target refused a text, and answered the same text as a list."""
    _takes_text: bool = False
    _trials: int = TRIALS
    lock: anyio.Lock = field(default_factory=anyio.Lock)

    def apply(self, request: Request) -> Request:
        """A request in the form that the target takes."""
        return as_list(request) if self.is_list and _has_text(request) else request

    def may_be_refused(self, exchange: Exchange) -> bool:
        """A create may have been refused because its input is a text."""
        if exchange.request is None or not _has_text(exchange.request):
            return False
        self._takes_text = self._takes_text or exchange.is_success
        return exchange.status in _REFUSALS and self.is_open

    @property
    def is_open(self) -> bool:
        """A list may be answered where a text is refused."""
        return self.is_list or (self._trials > 0 and not self._takes_text)

    def settle(self, exchange: Exchange) -> None:
        """Learn from a create whose text was refused, and was sent as a list."""
        self.is_list = self.is_list or exchange.is_success
        self._trials -= 1


def as_list(request: Request) -> Request:
    """The same create with its text as one message of a user."""
    content = [{"type": "input_text", "text": request.body["input"]}]
    message = {"type": "message", "role": "user", "content": content}
    return replace(request, body={**request.body, "input": [message]})


def _has_text(request: Request) -> bool:
    is_create = request.method == "POST" and request.path == "/responses" and isinstance(request.body, dict)
    text = request.body.get("input") if is_create else None
    return isinstance(text, str) and bool(text)
