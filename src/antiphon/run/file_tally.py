"""Tally of one file: what could be read of it, and what could not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from antiphon.errors import RecordingError
from antiphon.recording.file import DAMAGE_LIMIT
from antiphon.recording.source import Remark
from antiphon.report.result_model import ResultRecording


class Damage(NamedTuple):
    """A place that could not be read: its number in the file, where it is, and what is wrong."""

    number: int
    where: str
    message: str


@dataclass
class FileTally:
    """Counts of what was found in a file, and remarks on the rest. Those of its parts add up."""

    found: int = 0
    first_found: int = 0
    """The number of the first line that could be read; 0 where none could."""
    damaged: int = 0
    damages: list[Damage] = field(default_factory=list)
    """The first lines that could not be read."""
    remarks: list[Damage] = field(default_factory=list)
    error: str = ""
    """Why it cannot be read at all."""
    recording: ResultRecording | None = None
    """Its name, size and digest, where a part was written beside it."""

    def add_found(self, number: int) -> None:
        """Count a line that was read."""
        self.found += 1
        self.first_found = min(number, self.first_found or number)

    def add_damage(self, number: int, where: str, error: RecordingError) -> None:
        """Count a line that could not be read."""
        self.damaged += 1
        if len(self.damages) <= DAMAGE_LIMIT:
            self.damages.append(Damage(number, where, str(error).removeprefix(f"{where}: ")))

    def add_remark(self, remark: Remark) -> None:
        """Add a remark on a part of the file."""
        self.remarks.append(Damage(len(self.remarks), remark.where, remark.message))

    def add(self, other: FileTally) -> None:
        """Take over the counts of other parts of the file."""
        self.found += other.found
        self.first_found = min(filter(None, (self.first_found, other.first_found)), default=0)
        self.damaged += other.damaged
        self.damages = sorted([*self.damages, *other.damages])[: DAMAGE_LIMIT + 1]
        self.remarks = sorted({*self.remarks, *other.remarks})
        self.error = max(self.error, other.error)
        known = [each for each in (self.recording, other.recording) if each]
        self.recording = min(known, key=lambda each: each["sha256"], default=None)

    def failure(self, name: str) -> str:
        """Why nothing could be read, in a sentence; empty where something was."""
        if self.found:
            return ""
        if self.error:
            return self.error
        if self.damages:
            return f"{self.damages[0].where}: {self.damages[0].message}"
        return "" if self.remarks else f"{name}: holds no records."

    def all_remarks(self, name: str) -> Iterator[Remark]:
        """What could not be read, in order; the lines before the first that could are one remark."""
        if failure := self.failure(name) or self.error:
            yield Remark(name, failure.removeprefix(f"{name}: "))
        elif self.damages:
            first, *rest = self.damages
            if first.number < self.first_found:
                yield Remark(name, f"{first.where}: {first.message}")
                rest = [each for each in rest if each.number > self.first_found]
            else:
                rest = self.damages
            yield from (Remark(each.where, each.message) for each in rest[:DAMAGE_LIMIT])
            if self.damaged > DAMAGE_LIMIT:
                yield Remark(name, f"over {DAMAGE_LIMIT} lines are damaged")
        yield from (Remark(each.where, each.message) for each in self.remarks)
