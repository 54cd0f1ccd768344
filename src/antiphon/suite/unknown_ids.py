"""Ids that name nothing: ids of the server's own making with letters changed, so that their form is right."""

from __future__ import annotations

from collections.abc import Collection

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue
from antiphon.exercise.seen_ids import COMPLETION, CONVERSATION, MESSAGE, RESPONSE

CHANGED = 10
"""Characters that are changed, from the end."""
_ALPHABETS = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
_NEXT = {each: kind[(place + len(kind) // 2) % len(kind)] for kind in _ALPHABETS for place, each in enumerate(kind)}
"""The character half an alphabet on: hexadecimal letters stay such, and so do cases."""
_KINDS = {
    "RESPONSE": RESPONSE, "UNKNOWN_RESPONSE": RESPONSE, "UNKNOWN_ITEM": MESSAGE, "UNKNOWN_CONVERSATION": CONVERSATION,
    "UNKNOWN_COMPLETION": COMPLETION,
}  # fmt: skip
UNKNOWN_PROMPT = "pmpt_68c1d2f0a7b94e3f8d51c6a209e47b3f0a1d5c8e2b694f7a"


def alter(id: str) -> str:
    """An id of the same form as one that the server made."""
    start = max(len(id) - CHANGED, id.rfind("_") + 1 if len(id) - id.rfind("_") > 1 else 0)
    return id[:start] + "".join(_NEXT.get(each, each) for each in id[start:])


async def make_unknown_ids(api: Api, names: Collection[str]) -> dict[str, str]:
    """Values for the placeholders of unknown ids among names, after ids that the target gave to objects of their kinds.

    An object is created only where the run has seen none of its kind.
    """
    made: dict[str, str] = {"UNKNOWN_PROMPT": UNKNOWN_PROMPT}
    seen, wanted = api.seen_ids, {kind for name, kind in _KINDS.items() if name in names}
    missing = {kind for kind in wanted if seen.get(kind) is None}
    created: list[Answer] = []
    if not missing.isdisjoint((RESPONSE, MESSAGE)):
        created.append(await api.create(input="Say hi.", store=False, max_output_tokens=64))
    if CONVERSATION in missing:
        created.append(await api.call("conversations.create", body={}))
    if COMPLETION in missing:
        messages = [{"role": "user", "content": "Say hi."}]
        body = {"model": api.model, "messages": messages, "max_completion_tokens": 64}
        created.append(await api.call("chat.create", body=body))
    for answer in created:
        seen.see(answer.exchange)
        if not answer.id or (MESSAGE in wanted and seen.get(MESSAGE) is None):
            raise CannotContinue("the model said nothing, or its message has no id", answer.exchange.id)
    return made | {name: alter(seen.get(_KINDS[name]) or "") for name in _KINDS.keys() & names}
