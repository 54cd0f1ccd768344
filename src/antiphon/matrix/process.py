"""Processes of third-party programs: each in a group of its own, bounded in time, and ended as a group."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from antiphon.credential_names import is_credential
from antiphon.errors import AntiphonError, Unreachable

GRACE = 10.0
"""Seconds that a process has to end by itself."""
POLL = 0.2
STARTING = 503
"""What a server answers that loads its model."""


def environment(**more: str) -> dict[str, str]:
    """This process's environment without its keys, which are nobody else's, and with `more`."""
    return {name: value for name, value in os.environ.items() if not is_credential(name)} | more


def run_bounded(command: Sequence[str], variables: Mapping[str, str], log: Path, seconds: float) -> int | None:
    """The exit code of a command whose output goes to a file; None where it took longer and was ended."""
    with log.open("ab") as output:
        process = _start(command, variables, output.fileno())
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


@contextmanager
def running_server(
    command: Sequence[str], variables: Mapping[str, str], log: Path, url: str, seconds: float
) -> Iterator[None]:
    """A server that answers at `url`, an http URL with a port, and is ended with the block. Raises Unreachable."""
    host, port, path = _parts(url)
    if is_taken(host, port):
        raise AntiphonError(f"Port {port} is taken by another program; end that one first.")
    with log.open("ab") as output:
        process = _start(command, variables, output.fileno())
        try:
            _wait(process, lambda: _answers(host, port, path), seconds, log)
            yield
        finally:
            _end(process)


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(command: Sequence[str], variables: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(command), env=dict(variables), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        start_new_session=True,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)


def _wait(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while True:
        ready = is_ready()
        if process.poll() is not None:  # looked at afterwards, since another program may have answered in its place
            raise Unreachable(f"It ended with {process.returncode} before it answered; {log} has its words.")
        if ready:
            return
        if time.monotonic() > end:
            raise Unreachable(f"It does not answer after {seconds:g} s; {log} has its words.")
        time.sleep(POLL)


def _parts(url: str) -> tuple[str, int, str]:
    host, _, rest = url.removeprefix("http://").partition(":")
    port, slash, path = rest.partition("/")
    return host, int(port), slash + path or "/"


def is_taken(host: str, port: int) -> bool:
    """Somebody listens at a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _answers(host: str, port: int, path: str) -> bool:
    """Any whole answer shows that a server is there, but for one that says that it is starting."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status != STARTING
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
