"""Running server in the hands of a test: its address, and what clients sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.server.app.expectation import RequestExpectation, listing
from antiphon.server.state.journal import Journal, JournalEntry
from antiphon.server.state.service import Service


class RunningServer(str):
    """Base URL of a server in this process, with what a test asks of the server beside its address."""

    __slots__ = ("_service",)
    _service: Service

    @classmethod
    def at(cls, url: str, service: Service) -> RunningServer:
        """The server that has this address."""
        server = cls(url)
        server._service = service
        return server

    @property
    def url(self) -> str:
        """The base URL as a plain text."""
        return str.__str__(self)

    @property
    def requests(self) -> list[JournalEntry]:
        """What clients sent, the oldest first; the latest thousand at most."""
        return self._journal.entries()

    @property
    def last_request(self) -> JournalEntry:
        """What a client sent last. Raises AssertionError where nothing came."""
        entries = self._journal.entries()
        if not entries:
            raise AssertionError("The server got no request.")
        return entries[-1]

    def wait_for(self, count: int, timeout: float = 5.0) -> list[JournalEntry]:
        """The requests, as soon as so many have come. Raises AssertionError where they do not within `timeout` seconds.

        It blocks its thread: in a coroutine, `await asyncio.to_thread(server.wait_for, 2)`.
        """
        if not self._journal.wait_for(count, timeout):
            entries = self._journal.entries()
            raise AssertionError(f"Waited {timeout:g} s for {count} requests; {listing(entries, self._journal.total)}")
        return self._journal.entries()

    def assert_requested(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        times: int | None = None,
        headers: Mapping[str, Any] | None = None,
        **body: Any,
    ) -> list[JournalEntry]:
        """The requests that fit, or an AssertionError that says what came instead.

        `times` is how many are to fit; without it one at least. `path` may leave out /v1. Of the body and the headers
        only what is named is looked at; a value may be a compiled regular expression, or `...` for anything.
        """
        expected = RequestExpectation(method, path, headers or {}, body)
        entries = self._journal.entries()
        fitting = [entry for entry in entries if not expected.difference(entry)]
        if (not fitting) if times is None else len(fitting) != times:
            raise AssertionError(expected.complaint(entries, len(fitting), times))
        return fitting

    def reset(self) -> None:
        """Forget the requests so far."""
        if self._service.journal:
            self._service.journal.clear()

    @property
    def _journal(self) -> Journal:
        if self._service.journal is None:
            raise RuntimeError("This server keeps no journal: start it with journal=True.")
        return self._service.journal
