"""A function that must be called, and whose output is sent back: what else reads how a named function is called."""

from __future__ import annotations

from typing import Any

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.suite import scenario

PAINT: dict[str, Any] = {
    "type": "function", "name": "paint_it", "description": "Paints the wall.", "strict": True,
    "parameters": {
        "type": "object", "properties": {"colour": {"type": "string", "enum": ["ultramarine"]}},
        "required": ["colour"], "additionalProperties": False,
    },
}  # fmt: skip
WASH: dict[str, Any] = {**PAINT, "name": "wash_it", "description": "Washes the wall."}
USER = {"type": "message", "role": "user", "content": "Do something with the wall."}
THANKS = {"type": "message", "role": "user", "content": "Thanks. Say bye."}


async def force(api: Api, **body: Any) -> Answer:
    """Offer two functions, of which the body says whether and which must be called."""
    return await api.create(input=[USER], tools=[PAINT, WASH], max_output_tokens=1024, **body)


@scenario(needs={"tools"})
async def named_call(api: Api) -> None:
    """A function is forced; then its output is sent back."""
    first = await force(api, tool_choice={"type": "function", "name": "wash_it"}, store=False)
    called = [item for item in first.output if item.get("type") == "function_call"]
    outputs = [
        {"type": "function_call_output", "call_id": item.get("call_id", ""), "output": "Clean."} for item in called
    ]
    given: dict[str, Any] = {"tools": [WASH], "tool_choice": "none", "store": False, "max_output_tokens": 64}
    await api.create(input=[USER, *first.output, *outputs, THANKS], **given)
