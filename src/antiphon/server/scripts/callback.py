"""Answers by a function of the test: from the view of a request to what stands in a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.errors import ConfigError
from antiphon.server.errors import ApiError, shorten
from antiphon.server.scripts.answers import ScriptAnswer
from antiphon.server.scripts.loader import load_answers
from antiphon.server.scripts.request import RequestView

CODE = "callback_failed"


def answer_by(function: Callable[[RequestView], Any]) -> Callable[[RequestView], ScriptAnswer | None]:
    """The function with its result as an answer: a text is said, a mapping is an entry of a script, None is no answer.

    What it raises is a refusal that says so, with a status that no client tries again.
    """

    def ask(view: RequestView) -> ScriptAnswer | None:
        try:
            result = function(view)
        except Exception as error:
            raise _failure(f"raised {type(error).__name__}: {error}") from error
        if result is None:
            return None
        entry = {"say": result} if isinstance(result, str) else result
        if not isinstance(entry, Mapping):
            raise _failure(f"returned a {type(result).__name__}: a text, a mapping or None was expected")
        try:
            [answer] = load_answers([entry])
        except ConfigError as error:
            raise _failure(f"returned no answer: {error}") from None
        return answer

    return ask


def _failure(reason: str) -> ApiError:
    return ApiError(f"The callback that answers {shorten(reason, quote=False, limit=400)}", code=CODE)
