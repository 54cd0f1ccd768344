"""Connection pools and their TLS settings."""

from __future__ import annotations

import ssl
from urllib.request import getproxies, proxy_bypass

import httpx

from antiphon.errors import ConfigError
from antiphon.exercise.http.address import BaseUrl


def pool(base: BaseUrl, context: ssl.SSLContext, keep_alive: float | None) -> httpx.AsyncHTTPTransport:
    """The connections to a target, through the proxy of the environment where it names one."""
    proxy = None
    if not base.is_loopback and not proxy_bypass(base.host):
        proxies = getproxies()
        proxy = proxies.get(base.scheme) or proxies.get("all")
    kept = 0 if keep_alive is None else None
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=kept, keepalive_expiry=keep_alive)
    try:
        return httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)
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
