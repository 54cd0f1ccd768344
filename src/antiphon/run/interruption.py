"""Ctrl-C and SIGTERM: the first ends a run early, with clean-up and reports; the second ends the program at once."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from antiphon.exercise.stop import Stop

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SIGNAL_EXIT = 128
"""Added to the number of the signal, it is the exit code of a run that was interrupted: 130 and 143."""


class Interruption:
    """Whether a run was interrupted."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._before: dict[int, Any] = {}
        self.exit_code = 0
        """0 where the run was not interrupted."""

    @contextmanager
    def handle_signals(self) -> Iterator[None]:
        """Take the signals inside the block, where this is the main thread."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._interrupt) for number in SIGNALS}
        try:
            yield
        finally:
            self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _interrupt(self, number: int, _frame: Any) -> None:
        self._restore()
        self.exit_code = SIGNAL_EXIT + number
        reason = f"it was interrupted ({signal.Signals(number).name})."
        try:
            asyncio.get_running_loop().call_soon_threadsafe(self._stop.request, reason)
        except RuntimeError:  # no loop runs: nothing is played at the moment
            self._stop.request(reason)
