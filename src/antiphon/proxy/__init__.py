"""Proxy that passes a client's traffic through and records it."""

from antiphon.proxy.app import PROXY_LIMITS, Proxy, app
from antiphon.proxy.serve import ProxySettings, run

__all__ = ["PROXY_LIMITS", "Proxy", "ProxySettings", "app", "run"]
