"""Tools that are offered, forbidden, called as a stream, and answered."""

from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, is_unsupported, requirement, scenario


def tool(name: str) -> dict[str, Any]:
    """A function that takes a city."""
    parameters = {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "parameters": parameters, "strict": True}}


TOOLS = [tool("weather"), tool("time")]
QUESTION = {"role": "user", "content": "What is the weather in Paris, and what is the time there? Look both up."}


@scenario(needs={"chat"})
async def chat_tools_offered(api: Api) -> None:
    """Tools are forbidden; then some must be called, whole and as a stream; then one of several is named."""
    common = {"model": api.model, "messages": [QUESTION], "tools": TOOLS, "max_completion_tokens": 600}
    named = {"type": "function", "function": {"name": "time"}}
    await api.call("chat.create", body={**common, "tool_choice": "none"})
    await api.call("chat.create", body={**common, "tool_choice": "required"})
    await api.call("chat.create", body={**common, "tool_choice": "required", "stream": True})
    await api.call("chat.create", body={**common, "tool_choice": named})


@requirement("chat.none-no-call")
def test_none_calls_no_tool(chat_tools_offered: Transcript) -> None:
    """With tool_choice none no tool is called."""
    forbidden, required, *_ = chat_tools_offered
    assume(not is_unsupported(forbidden), "the model knows no tools")
    assert forbidden.is_success
    assume(required.is_success and calls_in(required), "no tool is called where one is required either")

    assert calls_in(forbidden) == []


@requirement("chat.accepts.tools")
def test_tools_are_taken(chat_tools_offered: Transcript) -> None:
    """Tools of which one has to be called are taken, unless the model knows none."""
    _, required, *_ = chat_tools_offered
    assume(not is_unsupported(required), "the model knows no tools")

    assert required.is_success


def calls_in(completion: Exchange) -> list[Any]:
    calls = completion.body["choices"][0]["message"].get("tool_calls")
    return calls if isinstance(calls, list) else []


@scenario(needs={"chat"})
async def chat_call_answered(api: Api) -> None:
    """What a tool gave back is sent after the call that asked for it."""
    call = {"id": "call_paris", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Paris"}'}}
    turns = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_paris", "content": "Sunny."},
    ]
    body = {"model": api.model, "messages": turns, "tools": TOOLS[:1], "max_completion_tokens": 200}
    await api.call("chat.create", body=body)


@requirement("chat.tool-output")
def test_a_tool_message_is_taken(chat_call_answered: Transcript) -> None:
    """A tool message after its call is taken."""
    (answer,) = chat_call_answered

    assert answer.is_success
