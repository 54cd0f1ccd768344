"""Messages are answered with a completion, whole or as chunks, and a tool that is named is called."""

from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

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
QUESTION = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hi."}]


@scenario(needs={"chat"})
async def chatted(api: Api) -> None:
    """A question is answered whole, then as a stream that counts its tokens, then by the call of a tool."""
    common = {"model": api.model, "messages": QUESTION, "max_completion_tokens": 400}
    named = {"type": "function", "function": {"name": "note_it"}}
    await api.call("chat.create", body=common)
    await api.call("chat.create", body={**common, "stream": True, "stream_options": {"include_usage": True}})
    await api.call("chat.create", body={**common, "tools": [NOTE], "tool_choice": named})


@requirement("chat.text")
def test_messages_are_answered(chatted: Transcript) -> None:
    """A model and messages are answered with 200 and a completion."""
    answer, *_ = chatted

    assert answer.status == 200
    assert "choices" in answer.body


def forced(exchange: Exchange) -> Any:
    """The choice of a completion that had to call."""
    assume(exchange.is_success, "the choice of a tool was refused")
    choice = exchange.body["choices"][0]
    assume(choice["finish_reason"] != "length", "the call was cut by the limit")
    return choice


@requirement("chat.forced-call")
def test_the_named_tool_is_called(chatted: Transcript) -> None:
    """A named tool is called by that name."""
    *_, called = chatted
    calls = forced(called)["message"].get("tool_calls") or []

    assert [call["function"]["name"] for call in calls] == ["note_it"]


@requirement("chat.forced-call-finish")
def test_a_forced_call_finishes_as_one(chatted: Transcript) -> None:
    """A choice with a forced call finishes with tool_calls or stop."""
    *_, called = chatted
    choice = forced(called)
    assume(choice["message"].get("tool_calls"), "no tool was called")

    assert choice["finish_reason"] in ("tool_calls", "stop")
