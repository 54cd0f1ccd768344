"""Subjects of the checks of Chat Completions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from antiphon.judge.stream_break import StreamBreak
from antiphon.judge.subjects.responses import Call, Stream


@dataclass(eq=False)
class ChatStream(Stream):
    """An event stream of Chat Completions."""

    @cached_property
    def broken_at(self) -> StreamBreak | None:
        """Nowhere: its chunks are those of one completion."""
        return None


@dataclass(eq=False)
class ChatCompletion(Call):
    """A completion of Chat Completions as a JSON body."""

    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The choices that are objects, each with its place."""
        choices = self.body.get("choices")
        listed = choices if isinstance(choices, list) else []
        return [(number, each) for number, each in enumerate(listed) if isinstance(each, dict)]
