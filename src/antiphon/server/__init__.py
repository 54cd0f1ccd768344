"""The reference server: strict and right by itself, wrong only on request."""

from antiphon.server.runtime import running, serve_forever
from antiphon.server.settings import Settings

__all__ = ["Settings", "running", "serve_forever"]
