"""Tools that are offered in a namespace, and two that are to be called at once."""

from typing import Any

from antiphon.recording.intent import optional
from antiphon.suite import Api, Transcript, assume, requirement, scenario

OBJECT: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
NOTE: dict[str, Any] = {"type": "function", "name": "note_it", "parameters": OBJECT, "strict": True}


@scenario(needs={"tools"})
async def namespace_offered(api: Api) -> None:
    """Functions are offered in a namespace."""
    tool = {"type": "namespace", "name": "atlas", "description": "Maps.", "tools": [NOTE]}
    await api.create(input="Say hi.", tools=[tool], tool_choice="none", max_output_tokens=32, store=False)
    await api.create(input="Note it.", tools=[tool], tool_choice="required", max_output_tokens=256, store=False)


@requirement("tools.namespace-tools")
def test_a_namespace_is_taken(namespace_offered: Transcript) -> None:
    """Tools of type namespace are taken."""
    named, _ = namespace_offered

    assert named.is_success


ODD_NAME = "Get-Weather_v2"


@scenario(needs={"tools"})
async def odd_name_called(api: Api) -> None:
    """A function whose name has capitals, a hyphen and a digit is forced."""
    tool = {**NOTE, "name": ODD_NAME}
    choice = {"type": "function", "name": ODD_NAME}
    await api.create(input="Get the weather.", tools=[tool], tool_choice=choice, max_output_tokens=256, store=False)


@requirement("tools.name-letters-kept")
def test_a_function_is_called_by_its_very_name(odd_name_called: Transcript) -> None:
    """A function is called by the very letters of its name, hyphens, capitals and digits among them."""
    (called,) = odd_name_called
    assume(called.is_success, "the create was refused")
    names = [item.get("name") for item in called.body["output"] if item.get("type") == "function_call"]
    assume(names, "nothing was called")

    assert names == [ODD_NAME] * len(names)


@scenario(needs={"tools"})
async def both_called(api: Api) -> None:
    """Two functions are to be called at once, with a limit of one tool call and without, then one at a time.

    The last is sent as a stream and in a chain too, for what holds in a plain create holds there.
    """
    tools = [{"type": "function", "name": f"light_{side}", "parameters": OBJECT, "strict": True} for side in "ab"]
    body: dict[str, Any] = {"tools": tools, "tool_choice": "required", "max_output_tokens": 512, "store": False}
    body["input"] = "Call both tools at once."
    await api.create(**body)
    await api.create(**body, max_tool_calls=1)
    await api.create(**body, parallel_tool_calls=False)
    if api.target.capabilities.get("streaming") is not False:
        with api.intending(optional("streaming", "tools")):
            await api.stream(**body, parallel_tool_calls=False)
    if api.target.capabilities.get("chaining") is not False:
        with api.intending(optional("chaining", "tools")):
            first = await api.create(input="Say hi.", store=True, max_output_tokens=64)
            if first.ok:
                await api.create(**body, previous_response_id=first.id, parallel_tool_calls=False)


@requirement("tools.max-tool-calls-hosted")
def test_function_calls_are_not_limited(both_called: Transcript) -> None:
    """max_tool_calls does not limit function calls."""
    free, limited, *_ = both_called
    assume(free.is_success and limited.is_success, "a create was refused")
    counts = [sum(item.get("type") == "function_call" for item in each.body["output"]) for each in (free, limited)]
    assume(counts[0] > 1, "the model does not call two functions at once")

    assert counts[1] > 1
