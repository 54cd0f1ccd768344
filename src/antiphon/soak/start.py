"""Start of a soak: Locust in a process of its own, which patches itself and not us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from antiphon.errors import AntiphonError, ConfigError, Exit
from antiphon.run.interruption import SIGNAL_EXIT, SIGNALS
from antiphon.soak.settings import PROGRESS, SoakSettings

MOST_LINES = 20
"""Last lines of the process that are told where it fails."""


class SoakFailed(AntiphonError):
    """Locust ended without a result: our error."""

    exit = Exit.OURS


def locustfile() -> Path:
    """The file for `locust -f`."""
    return Path(__file__).parent / "load" / "locustfile.py"


def require_locust() -> None:
    """Raises ConfigError where Locust is not installed."""
    if find_spec("locust") is None:
        raise ConfigError("A soak needs Locust; install it with `pip install 'antiphon[load]'`.")


def require_folder(folder: Path) -> None:
    """Raises ConfigError where no file can be written to a folder; said before the load, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(f"{folder}: cannot be made ({reason}); choose another --report-dir.") from None
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"{folder}: nothing can be written there; choose another --report-dir.")


def play(settings: SoakSettings, on_step: Callable[[int, int, int], None]) -> tuple[dict[str, Any], int]:
    """The result of a soak, and the code of the signal that ended it; 0 where none did. Raises SoakFailed.

    `on_step` is told the users of each step, its number, and how many there are.
    """
    command = [
        sys.executable, "-m", "locust", "-f", str(locustfile()), "--headless", "--host", settings.target.base_url,
        "--loglevel", "WARNING", "--only-summary",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=settings.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    last: deque[str] = deque(maxlen=MOST_LINES)
    with _signals_forwarded(process) as received, process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(PROGRESS):
                on_step(*json.loads(line.removeprefix(PROGRESS)))
            else:
                last.append(line.rstrip())
    result = _read(settings)
    if result is None:
        if received:
            raise KeyboardInterrupt
        told = " | ".join(line for line in last if line)[-1500:]
        raise SoakFailed(f"Locust ended with code {process.returncode} and without a result: {told or 'no output'}.")
    return result, SIGNAL_EXIT + received[0] if received else 0


def written_files(folder: Path) -> list[Path]:
    """The files that a soak left."""
    return [path for name in ("soak.json", "soak.html", "soak.jsonl") if (path := folder / name).is_file()]


def _read(settings: SoakSettings) -> dict[str, Any] | None:
    """The result of this soak, not of an earlier one."""
    try:
        value: dict[str, Any] = json.loads((settings.folder / "soak.json").read_bytes())
    except (OSError, ValueError):
        return None
    return value if value.get("run") == settings.run else None


@contextmanager
def _signals_forwarded(process: subprocess.Popen[str]) -> Iterator[list[int]]:
    """The first signal ends the soak, with a report; the second ends the process at once. Which came is noted."""
    received: list[int] = []

    def forward(number: int, _frame: Any) -> None:
        received.append(number)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM if len(received) == 1 else signal.SIGKILL)

    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    before = {number: signal.signal(number, forward) for number in SIGNALS}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if process.poll() is None:
            process.kill()
