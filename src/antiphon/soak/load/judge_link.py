"""Link of a process of Locust to its judge."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from gevent import subprocess
from gevent.lock import BoundedSemaphore

from antiphon.soak.judge_process import PlayedJourney, SoakOpening, pack


class JudgeLink:
    """Hands journeys to a judge in a process of its own.

    A judge that falls behind makes users wait between journeys, never inside an exchange, so memory is bounded by the
    pipe and no time is measured wrong.
    """

    def __init__(self, edition: str, secrets: tuple[str, ...]) -> None:
        command = [sys.executable, "-m", "antiphon.soak.judge_process"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._turn = BoundedSemaphore(1)
        self._write(SoakOpening(edition, secrets))
        self._process.stdout.readline()  # that it is ready

    @property
    def is_alive(self) -> bool:
        """Its process runs."""
        return self._process.poll() is None

    def judge(self, played: PlayedJourney) -> None:
        """Hand over a journey, which is lost where the process of the judge has ended."""
        with suppress(OSError):
            self._write(tuple(played))

    def tallies(self) -> dict[str, Any]:
        """The tallies by step of all journeys since the last call."""
        line = b""
        with self._turn, suppress(OSError):
            self._process.stdin.write(pack(None))
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        made: dict[str, Any] = json.loads(line) if line else {}
        return made

    def close(self) -> None:
        """End the process of the judge."""
        if self.is_alive:
            self._process.stdin.close()
            self._process.wait(timeout=10)

    def _write(self, message: Any) -> None:
        data = pack(message)
        with self._turn:
            self._process.stdin.write(data)
            self._process.stdin.flush()
