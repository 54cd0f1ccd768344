"""Valid parts of a create that offers a function: every choice, every form of a tool, of a call and of its output."""

from typing import Any

import pytest

from antiphon.suite import (
    Api,
    Part,
    Transcript,
    any_outcome,
    assume,
    find_refused_part,
    none_of,
    requirement,
    scenario,
    send_parts,
    was_taken,
)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Place", "type": "object",
    "$defs": {"City": {"title": "City", "type": "string", "description": "A city."}},
    "properties": {"city": {"$ref": "#/$defs/City"}}, "required": ["city"], "additionalProperties": False,
}  # fmt: skip
OBJECT: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
WASH: dict[str, Any] = {
    "type": "function", "name": "wash_it", "description": "Washes it.", "parameters": OBJECT, "strict": True,
}  # fmt: skip
WASHING = {"type": "function", "name": "wash_it"}
LONG_ID = "c" * 64
PARTS_OF_OUTPUT = [{"type": "input_text", "text": "It is clean."}, {"type": "input_text", "text": "Very."}]


def call(call_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": "wash_it", "arguments": "{}", **more}


def returned(call_id: str, output: Any, **more: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": output, **more}


PARTS = (
    Part("create.accepts.tool-choice-none", {"tool_choice": "none"}),
    Part("create.accepts.tool-choice-auto", {"tool_choice": "auto"}),
    Part("create.accepts.tool-choice-required", {"tool_choice": "required"}),
    Part("create.accepts.tool-choice-named", {"tool_choice": WASHING}),
    Part(
        "create.accepts.tool-choice-allowed",
        {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [WASHING]}},
    ),
    Part("create.accepts.parallel-off", {"parallel_tool_calls": False}),
    Part("create.accepts.parallel-on", {"parallel_tool_calls": True}),
    Part("create.accepts.max-tool-calls", {"max_tool_calls": 8}),
    Part("create.tool-without-strict", tools=({"type": "function", "name": "bare"},)),
    Part(
        "create.accepts.function-nulls",
        tools=({"type": "function", "name": "nulls", "description": None, "parameters": OBJECT, "strict": None},),
    ),
    Part(
        "tools.schema-keywords",
        tools=({"type": "function", "name": "keywords", "parameters": SCHEMA, "strict": False},),
    ),
    Part("limits.tool-name-64", tools=({"type": "function", "name": "n" * 64, "parameters": OBJECT, "strict": True},)),
    Part("tools.output-string", items=(call("call_text", id="fc_1"), returned("call_text", "Clean."))),
    Part("tools.output-parts", items=(call("call_parts", id="fc_2"), returned("call_parts", PARTS_OF_OUTPUT))),
    Part("create.replay-without-ids", items=(call("call_bare"), returned("call_bare", "Clean."))),
    Part("tools.own-call-ids", items=(call("Wash/ürn#1 é", id="fc_3"), returned("Wash/ürn#1 é", "Clean."))),
    Part("limits.call-id-64", items=(call(LONG_ID, id="fc_4"), returned(LONG_ID, "Clean."))),
    Part(
        "tools.output-own-id",
        items=(
            call("call_own", id="fc_5"),
            returned("call_own", "Clean.", id="fc_own_output_1", status="completed"),
        ),
    ),
    Part(
        "tools.output-any-order",
        items=(
            call("call_a", id="fc_6"),
            call("call_b", id="fc_7"),
            returned("call_b", "Second."),
            returned("call_a", "First."),
        ),
    ),
    Part(
        "create.accepts.call-status",
        items=(call("call_done", id="fc_8", status="completed"), returned("call_done", "")),
    ),
)
BOUNDS = {"store": False, "max_output_tokens": 64}
NAMES = list(dict.fromkeys(part.requirement for part in PARTS))


@scenario(needs={"tools"})
async def tools_accepted(api: Api) -> None:
    """Creates offer a function and have every valid part among them; the parts of a refused one are tried in halves."""
    await send_parts(api, PARTS, [WASH], **BOUNDS)


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", NAMES)
def test_is_taken(tools_accepted: Transcript, name: str) -> None:
    """A valid part of a create that offers a function is taken."""
    judged = [part for part in PARTS if part.requirement == name]

    none_of(find_refused_part(judged, PARTS, tools_accepted))


@requirement("tools.none-no-call")
def test_none_calls_nothing(tools_accepted: Transcript) -> None:
    """With tool_choice none no tool is called."""
    answered = [each for each in tools_accepted if each.is_success and each.sent.get("tool_choice") == "none"]
    outputs = [each.body.get("output") for each in answered]
    assume(any(isinstance(output, list) for output in outputs), "no create with tool_choice none was answered")
    items = [item for output in outputs if isinstance(output, list) for item in output]

    assert [item.get("type") for item in items if str(item.get("type")).endswith("_call")] == []


@scenario(needs={"tools", "streaming"})
async def tools_accepted_streamed(api: Api) -> None:
    """Streamed creates offer a function and have every valid part among them."""
    await send_parts(api, PARTS, [WASH], **BOUNDS, stream=True)


@any_outcome
@requirement("stream.accepts-the-same")
def test_a_stream_takes_the_same(tools_accepted_streamed: Transcript, tools_accepted: Transcript) -> None:
    """What is taken in a plain create is taken in a stream."""
    taken = [part for part in PARTS if was_taken(part, tools_accepted)]
    assume(taken, "no plain create is taken")

    none_of(find_refused_part(taken, PARTS, tools_accepted_streamed))
