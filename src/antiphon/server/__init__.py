"""The reference server: strict and right by itself, wrong only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antiphon.server.app.running_server import RunningServer
    from antiphon.server.app.runtime import background_server, serve_forever
    from antiphon.server.settings import ServerSettings

__all__ = ["RunningServer", "ServerSettings", "background_server", "serve_forever"]


def __getattr__(name: str) -> Any:
    """Import what serves only when it is asked for: the catalogue of faults is also read by those that do not serve."""
    if name == "ServerSettings":
        from antiphon.server.settings import ServerSettings

        return ServerSettings
    if name == "RunningServer":
        from antiphon.server.app.running_server import RunningServer

        return RunningServer
    if name in ("background_server", "serve_forever"):
        from antiphon.server.app import runtime

        return getattr(runtime, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
