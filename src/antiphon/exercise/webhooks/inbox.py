"""Webhooks of a scenario: how they are answered, waiting for them, and their exchanges."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio

from antiphon.exercise.webhooks.receiver import Receiver
from antiphon.recording.exchange import Exchange

PAUSE = 0.05


class Inbox:
    """The deliveries of one scenario; each becomes an exchange of its transcript."""

    def __init__(
        self, receiver: Receiver, scenario: str, next_id: Callable[[], str], record: Callable[[Exchange], Exchange]
    ) -> None:
        self._receiver, self._scenario, self._next_id, self._record = receiver, scenario, next_id, record

    async def collect(
        self, response_id: str, *, answers: Sequence[int] = (), count: int = 1, within: float = 15.0
    ) -> list[Exchange]:
        """The deliveries for a response, once enough have come or `within` seconds have passed.

        They are answered with the statuses of `answers`, in order, and with 204 after these.

        They are answered with the statuses of `answers`, in order, and with 204 after these.
        """
        self._receiver.claim(response_id, answers)
        with anyio.move_on_after(within):
            while len(self._receiver.deliveries_of(response_id)) < count:
                await anyio.sleep(PAUSE)
        found = self._receiver.deliveries_of(response_id)
        return [
            self._record(each.exchange(self._next_id(), self._scenario, self._receiver.secret))
            for each in found[: max(count, 20)]
        ]
