"""A function that must be called: plain, streamed, and with its output sent back."""

import json
from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, is_completed, names_field, requirement, scenario
from antiphon.suite.controls import forced_calls
from antiphon.suite.controls.forced_calls import creates_of, force, letters_of

named_call = forced_calls.named_call

FACES = ("type", "id", "call_id", "name", "arguments", "status")


def output_of(exchange: Exchange) -> list[dict[str, Any]]:
    output = exchange.reply.get("output")
    return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


def calls_of(exchange: Exchange) -> list[dict[str, Any]]:
    return [item for item in output_of(exchange) if item.get("type") == "function_call"]


def kinds(exchange: Exchange) -> set[str]:
    """The types of the items that were given, thoughts and empty messages apart."""
    return {str(item.get("type")) for item in output_of(exchange) if item.get("content") != []} - {"reasoning"}


def values_of(exchange: Exchange, name: str) -> list[str]:
    """The values that the argument of the function with a name may have."""
    found = [tool for tool in exchange.sent["tools"] if letters_of(tool["name"]) == letters_of(name)]
    assume(found, "what is called was not offered")
    values: list[str] = found[0]["parameters"]["properties"]["colour"]["enum"]
    return values


@scenario(needs={"tools", "streaming"})
async def streamed_call(api: Api) -> None:
    """A call of any tool is required, as a stream."""
    await force(api, tool_choice="required", stream=True, parallel_tool_calls=False, store=False)


@requirement("tools.named-function")
def test_the_named_function_is_called(named_call: Transcript) -> None:
    """With a named function that function is called; whether with all letters of its name is another requirement's."""
    forced = creates_of(named_call)[-1]
    assume(forced.is_success, "the create was refused")
    assume("tool_choice" in forced.sent, "it is refused with a function that is named")
    named = forced.sent["tool_choice"]["name"]
    names = [item.get("name") for item in calls_of(forced)]
    called = named if letters_of(named) in map(letters_of, map(str, names)) else names

    assert called == named


@requirement("tools.strict-enum")
def test_the_only_value_is_given(named_call: Transcript) -> None:
    """The argument of a strict function with one legal value has that value."""
    forced = creates_of(named_call)[-1]
    written = [item.get("arguments") for item in calls_of(forced) if item.get("status") != "incomplete"]
    assume(written and isinstance(written[0], str), "nothing was called, or its arguments are no string")
    try:
        arguments = json.loads(str(written[0]))
    except ValueError:
        arguments = None
    assume(isinstance(arguments, dict), "the arguments are no JSON object")

    assert arguments.get("colour") in values_of(forced, str(calls_of(forced)[0].get("name")))


@requirement("tools.required-calls")
def test_a_required_call_is_made(streamed_call: Transcript) -> None:
    """With tool_choice required at least one listed tool is called."""
    (forced,) = streamed_call
    apart = names_field(forced, "tool_choice", "parallel_tool_calls", "store")
    assume(not apart, "a part of it is refused, as in a plain create")
    assert forced.is_success
    assume(isinstance(forced.reply, dict), "the stream has no response")
    assume(is_completed(forced), "the response did not complete")
    names = {item.get("name") for item in calls_of(forced)}

    assert names & {tool["name"] for tool in forced.sent["tools"]}


@requirement("tools.streamed-call-complete")
def test_a_streamed_call_has_all_of_a_plain_one(named_call: Transcript, streamed_call: Transcript) -> None:
    """A forced call is the same kind of item streamed and plain."""
    plain = creates_of(named_call)[-1]
    (streamed,) = streamed_call
    assume(calls_of(plain), "nothing was called in the plain create")
    assume(is_completed(streamed), "the stream did not complete")
    made = [event["item"] for event in streamed.events if event.get("type") == "response.output_item.done"]
    calls = [item for item in made if item.get("type") == "function_call"]
    assume(calls, "nothing was called in the stream")
    wanted = [name for name in FACES if calls_of(plain)[0].get(name)]

    assert [name for name in wanted if calls[0].get(name)] == wanted


@requirement("create.same-with-stream")
def test_the_same_kinds_of_items(named_call: Transcript, streamed_call: Transcript) -> None:
    """A request gives the same kinds of items streamed and plain."""
    plain = creates_of(named_call)[-1]
    (streamed,) = streamed_call
    assume(is_completed(plain) and is_completed(streamed), "one did not complete")
    assume("tool_choice" in plain.sent, "the plain one could not be forced to call")
    assume(kinds(plain), "the plain response is empty")

    assert kinds(streamed) == kinds(plain)


@requirement("tools.call-and-no-empty-message")
def test_no_empty_message_stands_beside_a_call(named_call: Transcript, streamed_call: Transcript) -> None:
    """A response that only calls a tool holds no message that was never opened."""
    plain = creates_of(named_call)[-1]
    (streamed,) = streamed_call
    assume(calls_of(plain) or calls_of(streamed), "nothing was called")
    messages = [item for each in (plain, streamed) for item in output_of(each) if item.get("type") == "message"]

    assert [item for item in messages if not item.get("content")] == []


@requirement("create.replay-output")
def test_a_call_is_taken_back(named_call: Transcript) -> None:
    """The output of a response is taken back as input together with a new message."""
    forced, replay = creates_of(named_call)[-1], named_call[-1]
    assume(forced.is_success and calls_of(forced), "nothing was called")
    assume(all(isinstance(item.get("arguments"), str) for item in calls_of(forced)), "the arguments are no string")

    assert replay.is_success
