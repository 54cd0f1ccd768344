"""Log probabilities of a completion that requests them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.chat.schemas import asks_logprobs, logprob_errors
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.chat import ChatCompletion
from antiphon.judge.values import a_dict, a_list, is_count, is_number, is_text, objects, violation_at


def _tokens(completion: ChatCompletion) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Place and value of every token that has a logprob."""
    for number, choice in completion.choices:
        for name in ("content", "refusal"):
            for index, token in enumerate(objects(a_dict(choice.get("logprobs")).get(name))):
                yield f"/choices/{number}/logprobs/{name}/{index}", token


@check("chat.logprobs", subject=ChatCompletion, applies=asks_logprobs)
def logprobs(completion: ChatCompletion) -> Iterator[Violation]:
    """Asked for logprobs, a choice lists tokens with a logprob of at most 0, bytes and alternatives."""
    for number, choice in completion.choices:
        content = a_dict(choice.get("message")).get("content")
        if is_text(content) and not isinstance(a_dict(choice.get("logprobs")).get("content"), list):
            yield violation_at(f"/choices/{number}/logprobs", "an object with a list content", choice.get("logprobs"))
    yield from logprob_errors(completion)
    for place, token in _tokens(completion):
        if is_number(token.get("logprob")) and token["logprob"] > 0:
            yield violation_at(f"{place}/logprob", "at most 0", token["logprob"])


@check("chat.logprobs-count", subject=ChatCompletion, applies=asks_logprobs)
def logprobs_count(completion: ChatCompletion) -> Iterator[Violation]:
    """No token has more alternatives than top_logprobs asked for."""
    top = completion.sent.get("top_logprobs") or 0
    for place, token in _tokens(completion):
        alternatives = a_list(token.get("top_logprobs"))
        if is_count(top) and len(alternatives) > top:
            yield violation_at(f"{place}/top_logprobs", f"at most {top} alternatives", alternatives)
