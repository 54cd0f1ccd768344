"""A live line while scenarios run; where nobody watches, a line every few seconds and one at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from antiphon.report.text import visible
from antiphon.report.words import plural

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


class Progress:
    """A context manager; `update` is cheap and may be called for every request."""

    def __init__(self, console: Console, total: int) -> None:
        self.console = console
        self.total = total
        self.done = 0
        self.calls = 0
        self.running: tuple[str, ...] = ()
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._reporter = threading.Thread(target=self._report, daemon=True)
        self._live = Live(console=console, refresh_per_second=8, transient=True, get_renderable=self._line)

    def __enter__(self) -> Progress:
        self._began = time.monotonic()
        if self.console.is_terminal:
            self._live.start()
        else:
            self._reporter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        self._ended.set()
        if self._reporter.is_alive():
            self._reporter.join()
        ended = "" if error is None else ", then stopped"
        done = f"{self.done} of {plural(self.total, 'scenario')}"
        self.console.print(Text(f"{done}, {plural(self.calls, 'call')}, {self._took()}{ended}"))

    def update(
        self, *, done: int | None = None, calls: int | None = None, running: Sequence[str] | None = None
    ) -> None:
        """Set what is given: scenarios that ended, requests sent, names of the scenarios under way."""
        self.done = self.done if done is None else done
        self.calls = self.calls if calls is None else calls
        self.running = self.running if running is None else tuple(running)

    def _report(self) -> None:
        """Say every few seconds how far the run is, whether or not anything happens."""
        while not self._ended.wait(EVERY):
            self.console.print(self._line(), soft_wrap=True)

    def _took(self) -> str:
        return f"{time.monotonic() - self._began:.1f} s"

    def _line(self) -> Text:
        if not self.total:
            return Text(f"reading the suites  {self._took()}", "bold")
        names = ", ".join(map(visible, self.running[:6])) + (" …" if len(self.running) > 6 else "")
        head = f"{self.done}/{self.total}  {plural(self.calls, 'call')}  {self._took()}  "
        room = max(10, self.console.width - len(head) - 1)
        shown = names if len(names) <= room else names[: room - 1] + "…"
        return Text.assemble((head, "bold"), (shown, "dim"), no_wrap=True, overflow="ellipsis")
