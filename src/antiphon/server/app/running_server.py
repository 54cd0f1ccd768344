"""Running server in the hands of a test: its address, and what clients sent to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from antiphon.server.app.expectation import RequestExpectation, list_requests
from antiphon.server.scripts.answers import Script
from antiphon.server.scripts.callback import answer_by
from antiphon.server.scripts.loader import load_answers
from antiphon.server.scripts.request import RequestView
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
            raise AssertionError(
                f"Waited {timeout:g} s for {count} requests; {list_requests(entries, self._journal.total)}"
            )
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

    def say(self, text: str, /, **keys: Any) -> None:
        """Let a request be answered with this text: the next, once, unless `keys` of a script say otherwise."""
        self.answer({"times": 1, "say": text, **keys})

    def call(self, name: str, /, **arguments: Any) -> None:
        """Let the next request be answered with a call of this function."""
        self.answer({"times": 1, "call": {"name": name, "arguments": arguments}})

    def answer(self, entry: Mapping[str, Any]) -> None:
        """Add an answer as a script has it, behind those that were added before."""
        self._script.add(load_answers([entry]))

    def answers(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Let these be the answers, in place of those that were added; those of a script file stay behind them."""
        self._script.replace(load_answers(entries))

    def answer_with(self, function: Callable[[RequestView], Any] | None) -> None:
        """Let a function answer: it gives a text, an entry of a script, or None for what others are to answer.

        It is called in the thread of the server, before all answers; None in its place ends that.
        """
        self._script.callback = answer_by(function) if function else None

    def set_faults(self, *names: str) -> None:
        """Let these be the faults of every request from now on, beside those that the server was started with."""
        self._check_control()
        self._service.switch_faults(names)

    @contextmanager
    def fault(self, *names: str) -> Iterator[None]:
        """Misbehave in these ways as well as long as the context lasts."""
        before = self._service.switched_faults
        self.set_faults(*before, *names)
        try:
            yield
        finally:
            self.set_faults(*before)

    def reset(self) -> None:
        """Forget the requests so far, and the answers and faults that were added."""
        if self._service.journal:
            self._service.journal.clear()
        if self._service.settings.control:
            self.answers([])
            self.answer_with(None)
            self.set_faults()

    def _check_control(self) -> None:
        if not self._service.settings.control:
            raise RuntimeError("This server cannot be changed while it runs: start it with control=True.")

    @property
    def _script(self) -> Script:
        self._check_control()
        assert self._service.script is not None
        return self._service.script

    @property
    def _journal(self) -> Journal:
        if self._service.journal is None:
            raise RuntimeError("This server keeps no journal: start it with journal=True.")
        return self._service.journal
