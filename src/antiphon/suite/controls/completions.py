"""Completions of Chat Completions: whole, as a stream and as a call. Other streams and calls are held against them."""

from __future__ import annotations

from antiphon.exercise.api import Api
from antiphon.suite import scenario
from antiphon.suite.controls.token_counts import RULES, TEXT

NOTE = {
    "type": "function",
    "function": {
        "name": "note_it",
        "description": "Notes that something is done.",
        "parameters": {
            "type": "object",
            "properties": {"done": {"type": "boolean"}},
            "required": ["done"],
            "additionalProperties": False,
        },
    },
}
QUESTION = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"{TEXT} {RULES}"}]
"""As long as the longer create of `weighed`, so that both can be compared."""


@scenario(needs={"chat"})
async def chatted(api: Api) -> None:
    """A question is answered whole, then as a stream that counts its tokens, then by the call of a tool."""
    common = {"model": api.model, "messages": QUESTION, "max_completion_tokens": 400}
    named = {"type": "function", "function": {"name": "note_it"}}
    await api.call("chat.create", body=common)
    await api.call("chat.create", body={**common, "stream": True, "stream_options": {"include_usage": True}})
    await api.call("chat.create", body={**common, "tools": [NOTE], "tool_choice": named})
