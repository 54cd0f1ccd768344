"""The part of a soak that has no users: its steps, and the result of all processes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import gevent

from antiphon.report.files import write_atomically, write_json
from antiphon.report.terminal import screen
from antiphon.soak.page import page
from antiphon.soak.result import SoakSteps, exit_code, result_of, samples_text
from antiphon.soak.settings import PROGRESS, SoakSettings
from antiphon.soak.start import written_files
from antiphon.soak.text import print_soak

PATIENCE = 30.0
"""Seconds for which reports of processes are waited for."""


class Collector:
    """Leads a soak through its steps, and writes its result."""

    def __init__(self, environment: Any, read_settings: Callable[[], SoakSettings]) -> None:
        self._environment, self._read_settings = environment, read_settings
        self._settings: SoakSettings | None = None
        self._workers = 1
        self.is_interrupted = False
        """A signal asked for the end."""

    def _begin(self) -> SoakSettings:
        """Forget an earlier soak."""
        self._settings = self._read_settings()
        self._steps = SoakSteps(started_at=time.time())
        self._step, self._since, self._workers = -1, 0.0, 1
        self._first_tick, self._ready_at = time.monotonic(), 0.0
        self._ready: set[str] = set()
        self._parts: dict[str, dict[str, Any]] = {}
        self._over: dict[str, bool] = {}
        return self._settings

    def tick(self) -> tuple[int, float] | None:
        """The number of users now, and how many are added in a second; None at the end."""
        settings = self._settings or self._begin()
        now = time.monotonic()
        if not self._ready_at and now - self._first_tick > PATIENCE:
            self._ready_at = now
        step = int((now - self._ready_at) // settings.seconds) if self._ready_at else 0
        is_late = settings.max_time is not None and now - self._first_tick >= settings.max_time
        if step >= len(settings.users) or is_late or self.is_interrupted or self._is_over():
            self._stop()
            return None
        if step != self._step:
            self._begin_step(step)
            if settings.is_child:
                told = (settings.users[step], step + 1, len(settings.users))
                print(f"{PROGRESS}{json.dumps(told)}", flush=True)
        return settings.users[step], float(settings.users[step])

    def _begin_step(self, step: int) -> None:
        """Tell all processes the step before its users come."""
        self._end_step()
        self._step, self._since = step, time.monotonic()
        self._workers = workers = max(1, self._environment.runner.worker_count)
        data = {"step": step, "calls": self._settings.max_calls // workers if self._settings else 0, "workers": workers}
        self._environment.runner.send_message("soak-step", data)

    def _end_step(self) -> None:
        if self._step >= 0:
            self._steps.seconds[self._step] = time.monotonic() - self._since
            self._step = -1

    def _stop(self) -> None:
        """Stop the users. Locust's workers come back only after a while, and miss the word to quit until then."""
        runner = self._environment.runner
        runner.stop()
        deadline = time.monotonic() + self._environment.stop_timeout + PATIENCE
        while runner.worker_count < self._workers and time.monotonic() < deadline:
            gevent.sleep(0.1)

    def process_ready(self, name: str) -> None:
        """The users and the judge of a process are there. The time of the first step begins when those of all are."""
        self._ready.add(name)
        if not self._ready_at and len(self._ready) >= self._workers:
            self._ready_at = self._since = time.monotonic()

    def process_over(self, name: str, at_once: bool) -> None:
        """A process makes no more calls; with `at_once` no other is to, either."""
        self._over[name] = at_once

    def _is_over(self) -> bool:
        return any(self._over.values()) or len(self._over) >= self._workers

    def add(self, name: str, part: dict[str, Any]) -> None:
        """Take the report of a process."""
        self._parts[name] = part

    def conclude(self) -> None:
        """Wait for the reports of all processes, and write the result."""
        settings, expected = self._settings, self._workers
        if settings is None:
            return
        self._end_step()
        deadline = time.monotonic() + PATIENCE
        while len(self._parts) < expected and time.monotonic() < deadline:
            gevent.sleep(0.05)
        for _, part in sorted(self._parts.items()):
            self._steps.add(part)
        if len(self._parts) < expected:
            self._steps.remarks.append(f"{expected - len(self._parts)} of {expected} processes did not report")
        if self.is_interrupted:
            self._steps.remarks.append("ended early: it was interrupted")
        elif self._over and not any(self._over.values()):
            self._steps.remarks.append(f"ended early: --max-calls {settings.max_calls} is reached")
        result = result_of(settings, self._steps)
        write_json(settings.folder / "soak.json", result)
        write_atomically(settings.folder / "soak.html", page(result))
        samples = settings.folder / "soak.jsonl"
        if text := samples_text(self._steps):
            write_atomically(samples, text)
        else:
            samples.unlink(missing_ok=True)  # that of an earlier soak
        if not self.is_interrupted:
            self._environment.process_exit_code = int(exit_code(result))
        if not settings.is_child:
            print_soak(screen(), result, written_files(settings.folder))
        self._settings = None
