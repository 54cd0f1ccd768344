"""Messages are answered with a completion, whole or as chunks, and a tool that is named is called."""

from typing import Any

from antiphon.suite import Exchange, Transcript, assume, is_unsupported, requirement
from antiphon.suite.controls import completions

chatted = completions.chatted


@requirement("chat.text")
def test_messages_are_answered(chatted: Transcript) -> None:
    """A model and messages are answered with 200 and a completion."""
    answer, *_ = chatted

    assert answer.status == 200
    assert "choices" in answer.body


@requirement("chat.accepts.stream")
def test_a_stream_is_taken(chatted: Transcript) -> None:
    """A stream that is to count its tokens is taken."""
    streamed = chatted[1]

    assert streamed.is_success


def forced(exchange: Exchange) -> Any:
    """The choice of a completion that had to call."""
    choice = exchange.body["choices"][0]
    assume(choice["finish_reason"] != "length", "the call was cut by the limit")
    return choice


@requirement("chat.forced-call")
def test_the_named_tool_is_called(chatted: Transcript) -> None:
    """A named tool is called by that name."""
    *_, called = chatted
    assume(not is_unsupported(called), "the model knows no tools")
    assert called.is_success
    calls = forced(called)["message"].get("tool_calls") or []

    assert [call["function"]["name"] for call in calls] == ["note_it"]


@requirement("chat.forced-call-finish")
def test_a_forced_call_finishes_as_one(chatted: Transcript) -> None:
    """A choice with a forced call finishes with tool_calls or stop."""
    *_, called = chatted
    assume(called.is_success, "the choice of a tool was refused")
    choice = forced(called)
    assume(choice["message"].get("tool_calls"), "no tool was called")

    assert choice["finish_reason"] in ("tool_calls", "stop")
