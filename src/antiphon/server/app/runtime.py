"""The server on a real socket: in a background thread, or until it is stopped."""

from __future__ import annotations

import gc
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from antiphon.server.app.application import PREFIX, create_app
from antiphon.server.app.running_server import RunningServer
from antiphon.server.fast.connection import fast_protocol
from antiphon.server.http.protocol import bounded_protocol
from antiphon.server.http.request_body import LARGEST_BODY
from antiphon.server.settings import ScriptSource, ServerSettings

START_TIMEOUT = 10.0
STOP_TIMEOUT = 2.0
COLLECTS = (20_000, 20, 50)
"""What is new, from which on garbage is looked for; what a server keeps is old, and seldom in cycles."""


class TruncationFilter(logging.Filter):
    """Filter of the log: uvicorn does not complain of replies that were truncated on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out what uvicorn logs where a fault cuts a reply."""
        return "without completing response" not in record.getMessage()


def _listen(settings: ServerSettings) -> socket.socket:
    """A bound socket; OSError where the address is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError:
        listener.close()
        raise
    return listener


def _server(app: Starlette, settings: ServerSettings) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        http=fast_protocol(app, settings) if settings.fast_path else bounded_protocol(settings),
        proxy_headers=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
        ws="websockets-sansio",
        ws_max_size=LARGEST_BODY,
        ws_ping_interval=None,
    )
    complaints = logging.getLogger("uvicorn.error")
    if not any(isinstance(filter_, TruncationFilter) for filter_ in complaints.filters):
        complaints.addFilter(TruncationFilter())
    return uvicorn.Server(config)


def _url(listener: socket.socket, settings: ServerSettings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}{PREFIX}"


@contextmanager
def background_server(
    settings: ServerSettings | None = None,
    *,
    fault: str | Iterable[str] = (),
    script: str | ScriptSource | None = None,
    **more: Any,
) -> Iterator[RunningServer]:
    """Lend a server, which is its base URL too, that runs as long as the context, on a free port, and answers already.

    `fault` is a name or several; `script` a file of answers, or its value; `more` are members of ServerSettings.
    Raises ValueError for a fault that is unknown, ConfigError for a script that is none, OSError where the port is
    taken.
    """
    settings = settings or ServerSettings()
    faults = (fault,) if isinstance(fault, str) else tuple(fault)
    source = settings.script if script is None else Path(script) if isinstance(script, str) else script
    settings = replace(settings, faults=(*settings.faults, *faults), script=source, **more)
    app = create_app(settings)
    server = _server(app, settings)
    listener = _listen(settings)
    thread = threading.Thread(target=server.run, args=([listener],), name="reference-server", daemon=True)
    thread.start()
    try:
        _wait(server, thread)
        yield RunningServer.at(_url(listener, settings), _service_of(app))
    finally:
        server.should_exit = True
        thread.join(STOP_TIMEOUT)
        if thread.is_alive():
            server.force_exit = True
            thread.join(STOP_TIMEOUT)
        listener.close()


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("The reference server did not start.")
        time.sleep(0.005)


def serve_forever(settings: ServerSettings, on_ready: Callable[[str], None]) -> None:
    """Serve until the process is told to stop; `on_ready` is called with the base URL."""
    server = _server(create_app(settings), settings)
    listener = _listen(settings)
    listener.listen()
    on_ready(_url(listener, settings))
    gc.freeze()
    gc.set_threshold(*COLLECTS)
    try:
        server.run([listener])
    finally:
        listener.close()


def _service_of(app: Any) -> Any:
    """The service behind an application; None where another one stands before it."""
    return getattr(getattr(app, "state", None), "service", None)
