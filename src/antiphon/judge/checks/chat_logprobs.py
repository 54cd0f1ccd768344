"""Log probabilities of a completion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import ChatCompletion
from antiphon.judge.values import a_dict, broken, is_count, is_text, objects


def logprob_violations(value: Any, at: str, top: Any) -> Iterator[tuple[str, Violation]]:
    """What is wrong with the logprobs of a choice, by requirement: their shape, and how many alternatives there are."""
    for name in ("content", "refusal"):
        for number, token in enumerate(objects(a_dict(value).get(name))):
            place = f"{at}/{name}/{number}"
            shape = isinstance(token.get("token"), str) and isinstance(token.get("top_logprobs"), list)
            number_fits = isinstance(token.get("logprob"), int | float) and token["logprob"] <= 0
            if not (shape and number_fits and "bytes" in token):
                yield "chat.logprobs", broken(place, "token, a logprob of at most 0, bytes and top_logprobs", token)
            elif is_count(top) and len(token["top_logprobs"]) > top:
                got = token["top_logprobs"]
                yield "chat.logprobs-count", broken(f"{place}/top_logprobs", f"at most {top} alternatives", got)


def _asked_logprobs(completion: ChatCompletion) -> bool:
    return completion.operation == "chat.create" and completion.sent.get("logprobs") is True


def _logprobs(completion: ChatCompletion, requirement: str) -> Iterator[Violation]:
    for number, choice in completion.choices:
        at = f"/choices/{number}/logprobs"
        for name, violation in logprob_violations(choice.get("logprobs"), at, completion.sent.get("top_logprobs", 0)):
            if name == requirement:
                yield violation


@check("chat.logprobs", on=ChatCompletion, when=_asked_logprobs)
def logprobs(completion: ChatCompletion) -> Iterator[Violation]:
    """Asked for logprobs, a choice lists tokens with a logprob of at most 0, bytes and alternatives."""
    for number, choice in completion.choices:
        content = a_dict(choice.get("message")).get("content")
        if is_text(content) and not isinstance(a_dict(choice.get("logprobs")).get("content"), list):
            yield broken(f"/choices/{number}/logprobs", "an object with a list content", choice.get("logprobs"))
    yield from _logprobs(completion, "chat.logprobs")


@check("chat.logprobs-count", on=ChatCompletion, when=_asked_logprobs)
def logprobs_count(completion: ChatCompletion) -> Iterator[Violation]:
    """No token has more alternatives than top_logprobs asked for."""
    yield from _logprobs(completion, "chat.logprobs-count")
