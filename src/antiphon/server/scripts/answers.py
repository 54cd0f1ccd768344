"""Script: answers in their order, each with the requests that it fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.server.errors import ApiError, shorten
from antiphon.server.scripts.request import RequestView

TYPES = {401: "invalid_request_error", 429: "rate_limit_error", 503: "service_unavailable_error"}


@dataclass(frozen=True, slots=True)
class RequestMatcher:
    """Matcher of requests: all of its conditions must hold."""

    equal: Mapping[str, Any] = field(default_factory=dict)
    """Members of RequestView that are to have these values."""
    found: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """Members of RequestView in which these are to be found."""
    headers: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    tool: str | None = None
    no_output: bool | None = None
    """Whether no output of a tool is to have come."""

    def fits(self, view: RequestView) -> bool:
        """Whether all of it is so."""
        return (
            all(getattr(view, name) == value for name, value in self.equal.items())
            and all(pattern.search(getattr(view, name) or "") for name, pattern in self.found.items())
            and ("output" not in self.found or view.output is not None)
            and all(pattern.search(view.headers.get(name) or "") for name, pattern in self.headers.items())
            and (self.tool is None or self.tool in view.tools)
            and (self.no_output is None or self.no_output == (view.output is None))
        )

    def misfits(self, view: RequestView) -> list[str]:
        """What is not so, a clause each."""
        clauses = [
            f"{name} is {getattr(view, name)!r}, not {value!r}"
            for name, value in self.equal.items()
            if getattr(view, name) != value
        ]
        for name, pattern in self.found.items():
            got = getattr(view, name)
            if got is None or not pattern.search(got):
                seen = "there is none" if got is None else shorten(got, limit=60)
                clauses.append(f"{name} has no {_written(pattern)}: {seen}")
        for name, pattern in self.headers.items():
            if not pattern.search(view.headers.get(name) or ""):
                clauses.append(f"header {name} has no {_written(pattern)}")
        if self.tool is not None and self.tool not in view.tools:
            clauses.append(f"tool {self.tool!r} is not offered")
        if self.no_output is not None and self.no_output != (view.output is None):
            clauses.append(f"{'no' if view.output is None else 'an'} output of a tool has come")
        return clauses


def _written(pattern: re.Pattern[str]) -> str:
    """An expression as a message shows it."""
    return shorten(f"/{pattern.pattern}/", quote=False, limit=60)


@dataclass(frozen=True, slots=True)
class ScriptAnswer:
    """Answer of a script: `does` holds its entry in the file, checked by the schema."""

    when: RequestMatcher
    does: Mapping[str, Any]
    name: str
    times: int | None = None

    def refuse(self) -> None:
        """Raise the refusal that the answer is, if it is one."""
        error = self.does.get("error")
        if error is None:
            return
        status = error["status"]
        kind = error.get("type") or TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
        headers = {name.lower(): str(value) for name, value in (error.get("headers") or {}).items()}
        message = error.get("message", "This is what the script says.")
        raise ApiError(
            message, status=status, type=kind, code=error.get("code"), param=error.get("param"), headers=headers
        )

    @property
    def delay(self) -> float:
        """Seconds before the reply begins."""
        return float(self.does.get("delay", 0.0))

    @property
    def cut(self) -> int | None:
        """Events after which the connection is closed."""
        return self.does.get("cut")

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of a reply that is no refusal, by name in lower case."""
        return {name.lower(): str(value) for name, value in (self.does.get("headers") or {}).items()}


@dataclass(slots=True)
class _Slot:
    """An answer, and how often it has been given."""

    answer: ScriptAnswer
    given: int = 0

    @property
    def is_used_up(self) -> bool:
        return self.answer.times is not None and self.given >= self.answer.times


class Script:
    """Answers of a file, and before them those that were added while the server runs.

    Another thread may change it: each list is replaced, never changed in place.
    """

    def __init__(
        self, answers: Sequence[ScriptAnswer] = (), models: tuple[str, ...] = (), *, strict: bool = False
    ) -> None:
        self.models = models
        self.strict = strict
        """What no answer fits is refused; else the model answers it."""
        self.callback: Callable[[RequestView], ScriptAnswer | None] | None = None
        """Is asked before all answers."""
        self._file = [_Slot(answer) for answer in answers]
        self._added: list[_Slot] = []

    @property
    def is_empty(self) -> bool:
        """It has nothing to say to any request."""
        return not (self._file or self._added or self.callback or self.strict)

    @property
    def added(self) -> list[tuple[ScriptAnswer, int]]:
        """The answers that were added, and how often each has been given."""
        return [(slot.answer, slot.given) for slot in self._added]

    def add(self, answers: Sequence[ScriptAnswer]) -> None:
        """Add answers behind those that were added already."""
        self._added = [*self._added, *map(_Slot, answers)]

    def replace(self, answers: Sequence[ScriptAnswer]) -> None:
        """Let these be the ones that were added; those of a file stay behind them."""
        self._added = [*map(_Slot, answers)]

    def match(self, view: RequestView) -> ScriptAnswer | None:
        """The first answer that fits and is not used up. Raises ApiError where there is to be one and none is."""
        answer = self.callback(view) if self.callback else None
        if answer:
            return answer
        slots = [*self._added, *self._file]
        for slot in slots:
            if not slot.is_used_up and slot.answer.when.fits(view):
                slot.given += 1
                return slot.answer
        if self.strict:
            raise ApiError(_misfit(slots, view), code="no_answer_fits")
        return None


def _misfit(slots: Sequence[_Slot], view: RequestView) -> str:
    """What to say of a request that no answer fits: the answer that is nearest, and why it is not given."""
    start = "No answer of the script fits this request, and the server is strict."
    reasons = [(slot.answer.when.misfits(view), slot) for slot in slots]
    if not reasons:
        return f"{start} It has no answers."
    clauses, slot = min(reasons, key=lambda reason: (len(reason[0]), reason[1].is_used_up))
    told = "; ".join(clauses) or f"it has been given {slot.given} times, as often as it may be"
    return f"{start} The nearest is {slot.answer.name}: {told}."
