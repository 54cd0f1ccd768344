"""A function that must be called, and whose output is sent back: what else reads how a named function is called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from antiphon.contract.crossing import FactorValue
from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite import scenario
from antiphon.suite.crossing.play import send_row
from antiphon.suite.crossing.turns import CrossedTurn
from antiphon.suite.crossing.twins import TwinControls, in_mode, twin_row


def paint_with(name: str, says: str, *values: str) -> dict[str, Any]:
    """A strict function whose argument has one of these values."""
    colour = {"type": "string", "enum": list(values)}
    form = {"type": "object", "properties": {"colour": colour}, "required": ["colour"], "additionalProperties": False}
    return {"type": "function", "name": name, "description": says, "strict": True, "parameters": form}


LONG = ", ".join(f"then coat {number} in ultramarine" for number in range(1, 11))
"""A value that takes a while to write, so that something can come meanwhile."""
PAINT = paint_with("paint_it", "Paints the wall.", "ultramarine")
WASH = paint_with("Wash-Wall_2", "Washes the wall, and paints it coat by coat.", LONG)
"""Its name has letters of every kind that a name may have."""
WORDS = "Do something with the wall."
USER = {"type": "message", "role": "user", "content": WORDS}
THANKS = {"type": "message", "role": "user", "content": "Thanks. Say bye."}
NAMED = FactorValue(
    "named", "tools", "A function that is named, of two.", text=WORDS, capability="tools",
    fields={
        "tools": [PAINT, WASH], "tool_choice": {"type": "function", "name": WASH["name"]}, "parallel_tool_calls": False,
    },
)  # fmt: skip
_PARTS = twin_row("responses", 1, "named", "texts", "instructed", "unstored")
CALLED = replace(_PARTS, values=tuple(NAMED if each.factor == NAMED.factor else each for each in _PARTS.values))
"""What the first create asks for, so that one in another mode can be held against it."""


async def force(api: Api, **body: Any) -> Answer:
    """Offer two functions, of which the body says whether and which must be called."""
    return await api.create(input=[USER], tools=[PAINT, WASH], max_output_tokens=1024, **body)


@scenario(needs={"tools"})
async def named_call(api: Api) -> None:
    """A function is forced, beside much else to read; then its output is sent back."""
    first = await send_row(api, in_mode(CALLED, "plain"), {"input": []}, api.create)
    called = [item for item in first.output if item.get("type") == "function_call"]
    outputs = [
        {"type": "function_call_output", "call_id": item.get("call_id", ""), "output": "Clean."} for item in called
    ]
    given: dict[str, Any] = {"tools": [WASH], "tool_choice": "none", "store": False, "max_output_tokens": 64}
    await api.create(input=[USER, *first.output, *outputs, THANKS], **given)


def letters_of(name: str) -> str:
    """The letters and figures of a name, small."""
    return "".join(filter(str.isalnum, name)).casefold()


def creates_of(named_call: Transcript) -> list[Exchange]:
    """The creates in which a function is forced: one, or more where parts of it were refused."""
    return [each for each in named_call if each.sent["input"][-1] != THANKS]


def plain_controls(named_call: Transcript) -> TwinControls:
    """The plain create, as what a create in another mode is held against."""
    row = in_mode(CALLED, "plain")
    return TwinControls(CrossedTurn(row, Transcript(named_call.name, tuple(creates_of(named_call)), case=row)))
