"""Importers of recordings: any known format becomes exchanges, recognised by content, not by name."""

from antiphon.recording.importers.detect import read
from antiphon.recording.source import Remark

__all__ = ["Remark", "read"]
