"""Ids that name nothing: ids of the server's own making with letters changed, so that their form is right."""

from __future__ import annotations

from collections.abc import Collection

from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue

CHANGED = 10
"""Characters that are changed, from the end."""
_ALPHABETS = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
_NEXT = {each: kind[(place + len(kind) // 2) % len(kind)] for kind in _ALPHABETS for place, each in enumerate(kind)}
"""The character half an alphabet on: hexadecimal letters stay such, and so do cases."""
UNKNOWN_PROMPT = "pmpt_68c1d2f0a7b94e3f8d51c6a209e47b3f0a1d5c8e2b694f7a"


def alter(id: str) -> str:
    """An id of the same form as one that the server made."""
    start = max(len(id) - CHANGED, id.rfind("_") + 1 if len(id) - id.rfind("_") > 1 else 0)
    return id[:start] + "".join(_NEXT.get(each, each) for each in id[start:])


async def make_unknown_ids(api: Api, names: Collection[str]) -> dict[str, str]:
    """Values for the placeholders of unknown ids among names, each after creating one object of its kind."""
    made: dict[str, str] = {"UNKNOWN_PROMPT": UNKNOWN_PROMPT}
    if not {"RESPONSE", "UNKNOWN_RESPONSE", "UNKNOWN_ITEM"}.isdisjoint(names):
        answer = await api.create(input="Say hi.", store=False, max_output_tokens=64)
        made["UNKNOWN_RESPONSE"] = made["RESPONSE"] = alter(answer.id)
        if "UNKNOWN_ITEM" in names:
            ids = [item.get("id") for item in answer.output if item.get("type") == "message"]
            if not ids or not isinstance(ids[0], str):
                raise CannotContinue("the model said nothing, or its message has no id", answer.exchange.id)
            made["UNKNOWN_ITEM"] = alter(ids[0])
    if "UNKNOWN_CONVERSATION" in names:
        made["UNKNOWN_CONVERSATION"] = alter((await api.call("conversations.create", body={})).id)
    if "UNKNOWN_COMPLETION" in names:
        messages = [{"role": "user", "content": "Say hi."}]
        body = {"model": api.model, "messages": messages, "max_completion_tokens": 64}
        made["UNKNOWN_COMPLETION"] = alter((await api.call("chat.create", body=body)).id)
    return made
