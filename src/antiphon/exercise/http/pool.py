"""Connection pools and their TLS settings."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import getproxies, proxy_bypass

import httpx

from antiphon.errors import ConfigError
from antiphon.exercise.http.address import BaseUrl


def pool(base: BaseUrl, context: ssl.SSLContext, keep_alive: float | None) -> httpx.AsyncHTTPTransport:
    """The connections to a target, through the proxy of the environment where it names one."""
    with _proxy_errors_explained(base):
        return httpx.AsyncHTTPTransport(verify=context, limits=_kept(keep_alive), proxy=proxy_of(base))


def blocking_pool(base: BaseUrl, context: ssl.SSLContext, keep_alive: float | None) -> httpx.HTTPTransport:
    """The same for a caller that waits in a thread or a greenlet of its own."""
    with _proxy_errors_explained(base):
        return httpx.HTTPTransport(verify=context, limits=_kept(keep_alive), proxy=proxy_of(base))


def _kept(keep_alive: float | None) -> httpx.Limits:
    kept = 0 if keep_alive is None else None
    return httpx.Limits(max_connections=None, max_keepalive_connections=kept, keepalive_expiry=keep_alive)


def proxy_of(base: BaseUrl) -> str | None:
    """The address of the proxy that the environment names for a base URL; None where there is none."""
    if base.is_loopback or proxy_bypass(base.host):
        return None
    proxies = getproxies()
    return proxies.get(base.scheme) or proxies.get("all")


@contextmanager
def _proxy_errors_explained(base: BaseUrl) -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise ConfigError("The proxy of the environment speaks SOCKS; install httpx[socks] or unset it.") from None
    except (ValueError, httpx.InvalidURL):
        variable = f"{base.scheme}_proxy"
        raise ConfigError(f"The proxy of the environment is not a URL; write {variable}=http://host:port.") from None


def tls(base: BaseUrl, verify: bool | str, client_cert: str = "") -> ssl.SSLContext:
    """How connections are secured, with the certificate that we show where one is named. Raises ConfigError."""
    context = _trusting(base, verify)
    if client_cert:
        try:
            context.load_cert_chain(client_cert, password="")
        except OSError as error:
            cure = "give a PEM file with the certificate and its key, without a password"
            raise ConfigError(f"Client certificate '{client_cert}' cannot be read ({error}); {cure}.") from None
    return context


def _trusting(base: BaseUrl, verify: bool | str) -> ssl.SSLContext:
    if base.scheme == "http" or verify is False:
        return httpx.create_ssl_context(verify=False)
    try:
        return httpx.create_ssl_context() if verify is True else ssl.create_default_context(cafile=verify)
    except OSError as error:
        raise ConfigError(f"Certificates '{verify}' cannot be read ({error}); give a file in PEM format.") from None
