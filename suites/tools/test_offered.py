"""Tools that are offered and must not be called: every form in which clients describe a function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from antiphon.suite import Api, Transcript, assume, requirement, scenario

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Place", "type": "object",
    "$defs": {"City": {"title": "City", "type": "string", "description": "A city."}},
    "properties": {"city": {"$ref": "#/$defs/City"}}, "required": ["city"], "additionalProperties": False,
}  # fmt: skip
OBJECT: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@dataclass(frozen=True)
class Offer:
    """One form of a tool."""

    requirement: str
    tool: Mapping[str, Any]


OFFERS = (
    Offer("create.tool-without-strict", {"type": "function", "name": "bare"}),
    Offer("tools.schema-keywords", {"type": "function", "name": "keywords", "parameters": SCHEMA, "strict": False}),
    Offer("limits.tool-name-64", {"type": "function", "name": "n" * 64, "parameters": OBJECT, "strict": True}),
)


@scenario(needs={"tools"})
async def offered(api: Api) -> None:
    """Functions are offered and may not be called; where they are refused, each is offered on its own."""

    async def offer(*offers: Offer) -> bool:
        tools = [dict(each.tool) for each in offers]
        text = "Tell me of Rome, and use every tool."
        return (await api.create(input=text, tools=tools, tool_choice="none", max_output_tokens=64)).ok

    if not await offer(*OFFERS):
        for each in OFFERS:
            await offer(each)


@requirement("{form.requirement}")
@pytest.mark.parametrize("form", OFFERS, ids=lambda each: each.requirement)
def test_is_taken(offered: Transcript, form: Offer) -> None:
    """A function of this form is taken."""
    together, *singles = offered
    taken = singles[OFFERS.index(form)] if singles else together
    assume(not singles or any(single.is_success for single in singles), "no function is taken at all")

    assert taken.is_success


@requirement("tools.none-no-call")
def test_none_calls_nothing(offered: Transcript) -> None:
    """With tool_choice none no tool is called."""
    answered = [each for each in offered if each.is_success and isinstance(each.body.get("output"), list)]
    assume(answered, "no function is taken")
    kinds = {str(item.get("type")) for each in answered for item in each.body["output"]}

    assert [kind for kind in kinds if kind.endswith("_call")] == []


@scenario(needs={"tools"}, thorough=True)
async def namespace_offered(api: Api) -> None:
    """Functions are offered in a namespace."""
    tool = {"type": "namespace", "name": "atlas", "description": "Maps.", "tools": [OFFERS[2].tool]}
    await api.create(input="Say hi.", tools=[tool], tool_choice="none", max_output_tokens=32)


@requirement("tools.namespace-tools")
def test_a_namespace_is_taken(namespace_offered: Transcript) -> None:
    """Tools of type namespace are taken."""
    (named,) = namespace_offered

    assert named.is_success


@scenario(needs={"tools"}, thorough=True)
async def both_called(api: Api) -> None:
    """Two functions are to be called at once, with a limit of one tool call and without, then one at a time."""
    tools = [{"type": "function", "name": f"light_{side}", "parameters": OBJECT, "strict": True} for side in "ab"]
    body: dict[str, Any] = {"tools": tools, "tool_choice": "required", "max_output_tokens": 512}
    body["input"] = "Call both tools at once."
    await api.create(**body)
    await api.create(**body, max_tool_calls=1)
    await api.create(**body, parallel_tool_calls=False)


@requirement("tools.max-tool-calls-hosted")
def test_function_calls_are_not_limited(both_called: Transcript) -> None:
    """max_tool_calls does not limit function calls."""
    free, limited, _ = both_called
    assume(free.is_success and limited.is_success, "a create was refused")
    counts = [sum(item.get("type") == "function_call" for item in each.body["output"]) for each in (free, limited)]
    assume(counts[0] > 1, "the model does not call two functions at once")

    assert counts[1] > 1
