"""Address of a target, checked before the first byte is sent."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from antiphon.errors import ConfigError

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_NOT_IN_A_URL = re.compile(r"[\s\x00-\x1f\x7f\\<>\"{}|^`]")
_PRIVATE = [
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
]
"""Of RFC 1918, RFC 4193 and link-local addresses."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A base URL without a trailing slash, and what may be wrong with it (`hint`)."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    hint: str | None = None

    def __str__(self) -> str:
        return self.url

    @property
    def is_loopback(self) -> bool:
        """The host is this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_private(self) -> bool:
        """The host is this machine, or an address that no network outside leads to."""
        if self.is_loopback:
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return address.is_loopback or address.is_unspecified or any(address in network for network in _PRIVATE)

    @property
    def authority(self) -> str:
        """Host and port as they are written in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_base_url(text: str) -> BaseUrl:
    """The parts of a base URL. Raises ConfigError with the cure for anything but an http or https URL."""
    text = text.strip()
    if not text:
        raise ConfigError("The base URL is empty; give one such as http://127.0.0.1:8000/v1.")
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise ConfigError("The base URL contains a user name or password; remove it, keys come from the environment.")
    shown = f"Base URL '{text}'"
    if bad := _NOT_IN_A_URL.search(text):
        raise ConfigError(f"{shown} contains {bad.group()!r}; write it as %{ord(bad.group()):02X} or remove it.")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise ConfigError(f"{shown} has a query or fragment; leave out everything from the '?' or '#'.")
    host, port = _host(parts, shown), _port(parts, shown)
    path = parts.path.rstrip("/")
    authority = (f"[{host}]" if ":" in host else host) + (f":{port}" if port != _DEFAULT_PORTS[parts.scheme] else "")
    return BaseUrl(f"{parts.scheme}://{authority}{path}", parts.scheme, host, port, path, _hint(path))


def _split(text: str) -> SplitResult:
    if "://" not in text:
        if re.match(r"https?:", text, re.IGNORECASE):
            raise ConfigError(f"Base URL '{text}' lacks '//' after the scheme; write http://… or https://….")
        rest = text.lstrip("/").rpartition("@")[2]
        scheme = "http" if re.match(r"localhost|127\.|\[::1\]|0\.0\.0\.0", rest) else "https"
        raise ConfigError(f"Base URL '{rest}' has no scheme; write {scheme}://{rest}.")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ConfigError(f"The base URL is not a URL ({error}); give one such as http://127.0.0.1:8000/v1.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ConfigError(f"The base URL begins with '{text.partition('://')[0]}://'; only http and https are spoken.")
    return parts


def _host(parts: SplitResult, quoted: str) -> str:
    host = parts.hostname
    if not host:
        raise ConfigError(f"{quoted} has no host; give one such as http://127.0.0.1:8000/v1.")
    if ":" in host:
        return host
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        ascii_host = ""
    labels = ascii_host.removesuffix(".").split(".")
    if len(ascii_host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ConfigError(f"{quoted} has a host that is neither a name nor an address ('{host}'); correct it.")
    if all(label.isdigit() for label in labels):
        try:
            ipaddress.ip_address(ascii_host)
        except ValueError:
            raise ConfigError(f"{quoted} has '{host}' as address; an IPv4 address has four parts to 255.") from None
    return ascii_host


def _port(parts: SplitResult, quoted: str) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ConfigError(f"{quoted} has a port that is not valid; give a number from 1 to 65535.")
    return port or _DEFAULT_PORTS[parts.scheme]


def _hint(path: str) -> str | None:
    if not path:
        return "The base URL has no path; most servers want /v1 at its end."
    for route in ("/responses", "/chat/completions"):
        if path.endswith(route):
            return f"The base URL ends in {route}; give the part before it."
    return None
