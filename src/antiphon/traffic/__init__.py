"""Importers of recordings: any known format becomes exchanges, recognised by content, not by name."""

from antiphon.traffic.detect import read
from antiphon.transcript.source import Remark

__all__ = ["Remark", "read"]
