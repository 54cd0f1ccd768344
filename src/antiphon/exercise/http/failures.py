"""Reasons why an exchange ended early, each one sentence with the likely cure."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from antiphon.exercise.http.address import BaseUrl
from antiphon.exercise.http.pool import proxy_of
from antiphon.recording.exchange import Exchange, Failure


def no_connection(error: BaseException, base: BaseUrl) -> Failure:
    """Failure of a connection that could not be established."""
    where = base.authority
    if (proxy := proxy_of(base)) and not any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return _no_proxy(error, proxy, base)
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                reason = cause.verify_message
                cure = "check the host name, or name the certificate authority with --ca-file"
                return Failure("tls", f"The certificate of {where} is not trusted ({reason}); {cure}.")
            case ssl.SSLError():
                return Failure("tls", f"{where} does not speak TLS ({_words(cause)}); is the address http, not https?")
            case socket.gaierror():
                return Failure("connect", f"The host name {base.host} is not known; check the base URL.")
            case ConnectionRefusedError():
                return Failure("connect", f"{where} refuses the connection; is the server running on that port?")
    return Failure("connect", f"No connection to {where} ({_words(error)}); check the base URL and the network.")


def _no_proxy(error: BaseException, proxy: str, base: BaseUrl) -> Failure:
    """Failure of a connection to a proxy, or of the proxy to connect; its address is told without its password."""
    where = urlsplit(proxy).netloc.rpartition("@")[2] or "of the environment"
    variable = f"{base.scheme}_proxy"
    if any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error)):
        return Failure("connect", f"The proxy {where} refuses the connection; start it, or unset {variable}.")
    reason = f"The proxy {where} does not lead to {base.authority} ({_words(error)})"
    return Failure("connect", f"{reason}; check the base URL, or unset {variable}.")


def cut_short(error: BaseException, head: bool) -> Failure:
    """The failure of a connection that broke while we sent or read."""
    part = "the reply was whole" if head else "it replied"
    if any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in _causes(error)):
        return Failure("protocol", f"The server reset the connection before {part}.")
    return Failure("protocol", f"The connection broke before {part} ({_words(error)}).")


def not_http(error: BaseException, head: bool) -> Failure:
    """The failure of bytes that break the rules of HTTP."""
    words = _words(error)
    if "peer closed connection" in words:
        return Failure("protocol", f"The server closed the connection before the body was whole ({words}).")
    if "disconnected without" in words:
        return Failure("protocol", "The server closed the connection without a reply.")
    part = "body" if head else "reply"
    return Failure("protocol", f"The {part} breaks the rules of HTTP ({words}).")


def too_slow_to_connect(base: BaseUrl, seconds: float) -> Failure:
    """The failure of a connection that took too long."""
    return Failure("timeout-connect", f"No connection to {base.authority} within {seconds:g} s; check the base URL.")


def silent(seconds: float, begun: bool = True) -> Failure:
    """The failure of a reply that began and stopped, or of a connection that was opened and on which none began."""
    what = "The reply began, then nothing" if begun else "The connection is open, and nothing"
    return Failure("timeout-idle", f"{what} came for {seconds:g} s.")


def too_slow(seconds: float, head: bool) -> Failure:
    """The failure of a reply that took too long."""
    what = "The reply did not end" if head else "No reply came"
    return Failure("timeout-total", f"{what} within {seconds:g} s.")


def budget_spent(calls: int) -> Failure:
    """The failure of a request that was never sent."""
    return Failure("budget", f"Not sent: the limit of {calls} calls is reached; raise 'calls' or ask for less.")


def unsendable(error: Exception) -> Failure:
    """The failure of a request that holds what cannot be written down in one, such as an id that is too long."""
    return Failure("unsendable", f"Not sent: {str(error)[-300:]}")


def redirect_words(exchange: Exchange) -> str:
    """Where a reply redirects to, and the cure; no redirect is followed, as clients differ in what they then send."""
    location = exchange.response.header("location") if exchange.response else None
    if not location:
        return f"{exchange.status} without a Location; give the base URL of the API itself."
    return f"{exchange.status} to {location[:200]}; give the base URL that this leads to."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def _words(error: BaseException) -> str:
    words = " ".join(str(error).split())[:200]
    return words or type(error).__name__
