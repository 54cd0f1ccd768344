"""Sizes beyond which a request is refused, and names as long as they may be."""

from typing import Any

from antiphon.contract.triggers import fill_placeholders
from antiphon.suite import PROBE, Api, Transcript, assume, must_refuse, requirement, scenario

WORDS = 300_000
EMPTY: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
CALL_ID = "x" * 64


@scenario(needs={"structured-output"})
async def deep_schema(api: Api) -> None:
    """A strict format nests more deeply than it may."""
    format = {"type": "json_schema", "name": "deep", "strict": True, "schema": fill_placeholders({"$nested": 12}, {})}
    with api.intending(must_refuse("schema-depth")):
        await api.create(input="Say hi.", text={"format": format}, max_output_tokens=32)


@requirement("limits.schema-depth")
def test_a_deep_schema_is_refused(deep_schema: Transcript) -> None:
    """A strict schema of more than ten levels is refused."""
    (refusal,) = deep_schema

    assert refusal.is_client_error


@scenario()
async def long_context(api: Api) -> None:
    """More words are sent than most context windows hold."""
    with api.intending(PROBE):
        await api.create(input="hi " * WORDS, truncation="disabled", max_output_tokens=32)


@requirement("limits.context-too-long")
def test_a_long_input_is_refused_by_its_code(long_context: Transcript) -> None:
    """An input beyond the context window is refused with context_length_exceeded when truncation is disabled."""
    (refusal,) = long_context
    assume(not refusal.is_success, "the context window is larger than what was sent")
    assume(refusal.status not in (413, 429), "a limit on rate or size came first")

    assert refusal.is_client_error
    assert (refusal.body.get("error") or {}).get("code") == "context_length_exceeded"


@scenario(needs={"tools"})
async def long_tool_name(api: Api) -> None:
    """A function has the longest name."""
    tool = {"type": "function", "name": "n" * 128, "parameters": EMPTY, "strict": True}
    await api.create(input="Say hi.", tools=[tool], tool_choice="none", max_output_tokens=32, store=False)


@requirement("limits.tool-name-128")
def test_a_long_tool_name_is_taken(long_tool_name: Transcript) -> None:
    """A function name of 128 characters is accepted."""
    (named,) = long_tool_name

    assert named.is_success


@scenario(needs={"tools", "input-items"})
async def long_call_id(api: Api) -> None:
    """A call and its output have the longest call_id, and are listed."""
    call = {"type": "function_call", "call_id": CALL_ID, "name": "note_it", "arguments": "{}", "id": "fc_1"}
    output = {"type": "function_call_output", "call_id": CALL_ID, "output": "Noted."}
    user = {"type": "message", "role": "user", "content": "Note it."}
    response = await api.create(input=[user, call, output], store=True, max_output_tokens=32)
    if response.ok:
        await api.input_items(response.id)


@requirement("limits.call-id-64")
def test_a_long_call_id_comes_back(long_call_id: Transcript) -> None:
    """A call_id of 64 characters is accepted and comes back."""
    _, *rest = long_call_id
    assume(rest and rest[0].is_success and isinstance(rest[0].body, dict), "the input is not listed")
    listed = rest[0].body.get("data") or []
    ids = [item.get("call_id") for item in listed if str(item.get("type")).startswith("function_call")]

    assert ids == [CALL_ID, CALL_ID]
