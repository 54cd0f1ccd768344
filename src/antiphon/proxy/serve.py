"""Proxy on a real socket, until it is stopped."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from antiphon.errors import ConfigError
from antiphon.exercise.http.address import BaseUrl, parse_base_url
from antiphon.exercise.limits import Limits
from antiphon.proxy.app import PROXY_LIMITS, Proxy, app
from antiphon.recording.exchange import Exchange


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """Where the proxy listens and where it passes things on to."""

    upstream: str
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free port."""
    limits: Limits = PROXY_LIMITS
    verify: bool | str = True
    secrets: tuple[str, ...] = ()
    """Secrets to mask besides the credentials of the requests."""


def run(
    settings: ProxySettings,
    on_ready: Callable[[str], None],
    on_exchange: Callable[[Exchange], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve until `stop` is set or the process is interrupted; then everything under way is ended and reported.

    `on_ready` is called with the base URL for clients. An exception of `on_exchange` ends the proxy and is raised here.
    """
    stop = stop or threading.Event()
    problems: list[Exception] = []

    def report(exchange: Exchange) -> None:
        try:
            on_exchange(exchange)
        except Exception as error:
            problems.append(error)
            stop.set()

    proxy = app(settings.upstream, report, limits=settings.limits, verify=settings.verify, secrets=settings.secrets)
    listener = _listen(settings, upstream := parse_base_url(settings.upstream))
    try:
        on_ready(_url(listener, upstream))
        _Server(proxy, stop).run([listener])
    finally:
        listener.close()
    if problems:
        raise problems[0]


class _Server(uvicorn.Server):
    """Server that finishes open exchanges when stopped, and leaves the process alive after a signal."""

    def __init__(self, proxy: Proxy, stop: threading.Event) -> None:
        config = uvicorn.Config(
            proxy,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=5,
            ws="none",
        )
        super().__init__(config)
        self._proxy = proxy
        self._stop = stop

    async def on_tick(self, counter: int) -> bool:
        return self._stop.is_set() or await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._proxy.hang_up()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {sign: signal.signal(sign, self.handle_exit) for sign in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)


def _listen(settings: ProxySettings, upstream: BaseUrl) -> socket.socket:
    if upstream.is_loopback and settings.port == upstream.port:
        raise ConfigError(f"The proxy cannot listen on the port of its upstream, {upstream.port}; choose another port.")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        where = f"{settings.host}:{settings.port}"
        raise ConfigError(f"The proxy cannot listen on {where} ({error}); choose another port.") from None
    return listener


def _url(listener: socket.socket, upstream: BaseUrl) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{upstream.path}"
