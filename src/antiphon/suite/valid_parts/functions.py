"""Valid parts of a create that offers a function: every choice, every form of a tool, of a call and of its output."""

from __future__ import annotations

from typing import Any

from antiphon.suite import prerequisites
from antiphon.suite.parts import Part

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


IMAGE = {"type": "input_image", "image_url": prerequisites.PIXEL, "detail": "low"}
FILE = {"type": "input_file", "filename": "note.txt", "file_data": "data:text/plain;base64,VGhlIHdhbGwgaXMgYmx1ZS4="}


def call(call_id: str, **more: Any) -> dict[str, Any]:
    """A call of the function, as it is sent back."""
    return {"type": "function_call", "call_id": call_id, "name": "wash_it", "arguments": "{}", **more}


def call_output(call_id: str, output: Any, **more: Any) -> dict[str, Any]:
    """The output of a call."""
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
    *(
        Part(
            "create.accepts.function-nulls", tools=({**WASH, "name": f"null_{member}", "strict": False, member: None},)
        )
        for member in ("description", "strict", "parameters")
    ),
    Part(
        "tools.schema-keywords",
        tools=({"type": "function", "name": "keywords", "parameters": SCHEMA, "strict": False},),
    ),
    Part("limits.tool-name-64", tools=({"type": "function", "name": "n" * 64, "parameters": OBJECT, "strict": True},)),
    Part("tools.output-string", items=(call("call_text", id="fc_1"), call_output("call_text", "Clean."))),
    Part("tools.output-parts", items=(call("call_parts", id="fc_2"), call_output("call_parts", PARTS_OF_OUTPUT))),
    Part(
        "tools.output-image",
        items=(call("call_image", id="fc_image"), call_output("call_image", [IMAGE])),
        by_model=True,
    ),
    Part(
        "tools.output-file",
        items=(call("call_file", id="fc_file"), call_output("call_file", [FILE])),
        by_model=True,
    ),
    Part("create.replay-without-ids", items=(call("call_bare"), call_output("call_bare", "Clean."))),
    Part("tools.own-call-ids", items=(call("Wash/ürn#1 é", id="fc_3"), call_output("Wash/ürn#1 é", "Clean."))),
    Part("limits.call-id-64", items=(call(LONG_ID, id="fc_4"), call_output(LONG_ID, "Clean."))),
    Part(
        "tools.output-own-id",
        items=(
            call("call_own", id="fc_5"),
            call_output("call_own", "Clean.", id="fc_own_output_1", status="completed"),
        ),
    ),
    Part(
        "tools.output-any-order",
        items=(
            call("call_a", id="fc_6"),
            call("call_b", id="fc_7"),
            call_output("call_b", "Second."),
            call_output("call_a", "First."),
        ),
    ),
    Part(
        "create.accepts.call-status",
        items=(call("call_done", id="fc_8", status="completed"), call_output("call_done", "")),
    ),
    *(
        Part(
            "create.accepts.output-nulls",
            items=(
                call(f"call_null_{name}", id=f"fc_null_{name}"),
                call_output(f"call_null_{name}", "Clean.", **{name: None}),
            ),
        )
        for name in ("id", "status")
    ),
    Part(
        "create.accepts.custom-call",
        items=(
            {"type": "custom_tool_call", "call_id": "call_jot", "name": "jot", "input": "clean", "id": "ctc_1"},
            {"type": "custom_tool_call_output", "call_id": "call_jot", "output": "Noted."},
        ),
    ),
)
