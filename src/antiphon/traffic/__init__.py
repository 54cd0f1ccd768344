"""Readers of recorded traffic: any of the known formats becomes exchanges, told apart by content, not by name."""

from antiphon.traffic.detect import read
from antiphon.transcript.source import Remark

__all__ = ["Remark", "read"]
