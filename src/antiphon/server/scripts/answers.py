"""Script: answers in their order, each with the requests that it fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.server.errors import ApiError
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

    def fits(self, view: RequestView) -> bool:
        """Whether all of it is so."""
        return (
            all(getattr(view, name) == value for name, value in self.equal.items())
            and all(pattern.search(getattr(view, name) or "") for name, pattern in self.found.items())
            and ("output" not in self.found or view.output is not None)
            and all(pattern.search(view.headers.get(name) or "") for name, pattern in self.headers.items())
            and (self.tool is None or self.tool in view.tools)
        )


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


class Script:
    """Answers of a file, and how often each has been used."""

    def __init__(self, answers: list[ScriptAnswer], models: tuple[str, ...] = ()) -> None:
        self.models = models
        self._answers = answers
        self._given = [0] * len(answers)

    def match(self, view: RequestView) -> ScriptAnswer | None:
        """The first answer that fits and is not used up."""
        for number, answer in enumerate(self._answers):
            used_up = answer.times is not None and self._given[number] >= answer.times
            if not used_up and answer.when.fits(view):
                self._given[number] += 1
                return answer
        return None
