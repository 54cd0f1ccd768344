"""Readers of recorded traffic: any of the known formats becomes exchanges, told apart by content, not by name."""

from antiphon.recording.importers.detect import read
from antiphon.recording.source import Remark

__all__ = ["Remark", "read"]
