"""The reference server: strict and right by itself, wrong only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antiphon.server.runtime import running, serve_forever
    from antiphon.server.settings import Settings

__all__ = ["Settings", "running", "serve_forever"]


def __getattr__(name: str) -> Any:
    """Import what serves only when it is asked for: the catalogue of faults is also read by those that do not serve."""
    if name == "Settings":
        from antiphon.server.settings import Settings

        return Settings
    if name in ("running", "serve_forever"):
        from antiphon.server import runtime

        return getattr(runtime, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
