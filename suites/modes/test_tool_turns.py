"""Turns of tool use, each continuing the last: two calls at once, an empty output, a cut turn; plain and streamed."""

from typing import Any

from antiphon.suite import (
    Answer,
    Api,
    CannotContinue,
    Exchange,
    Transcript,
    assume,
    is_completed,
    requirement,
    scenario,
)

OBJECT: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": name, "description": says, "parameters": OBJECT, "strict": True}
    for name, says in (("wash_floor", "Washes the floor."), ("paint_wall", "Paints the wall."))
]
RULES = {"type": "message", "role": "developer", "content": "Use every tool before you answer."}
NEW_RULES = {"type": "message", "role": "system", "content": "From now on answer in one word."}
WISH = {"type": "message", "role": "user", "content": "Call each of the two tools."}
COUNT = {"type": "message", "role": "user", "content": "Count from 1 to 300, with commas."}
THANKS = {"type": "message", "role": "user", "content": "Thanks. Say bye."}
MODES = ("plain", "streamed")


def needs(mode: str) -> set[str]:
    return {"chaining", "tools"} | ({"streaming"} if mode == "streamed" else set())


def outputs_of(answer: Answer) -> list[dict[str, Any]]:
    """An output for each call, the first of them empty."""
    calls = [item for item in answer.output if item.get("type") == "function_call"]
    if not calls:
        raise CannotContinue("the model called no function", answer.exchange.id)
    texts = ["", *("It is done." for _ in calls)]
    return [
        {"type": "function_call_output", "call_id": call.get("call_id", ""), "output": text}
        for call, text in zip(calls, texts, strict=False)
    ]


@scenario(each=MODES, needs=needs)
async def tool_turns(api: Api, mode: str) -> None:
    """Two functions are required, their outputs sent back while one more is named, and its output while none is."""
    create = api.stream if mode == "streamed" else api.create
    common: dict[str, Any] = {"tools": TOOLS, "store": True, "max_output_tokens": 1024}
    named = {"type": "function", "name": "paint_wall"}
    first = await create(input=[RULES, WISH], tool_choice="required", **common)
    outputs = outputs_of(first)
    second = await create(input=[*outputs, NEW_RULES], tool_choice=named, previous_response_id=first.id, **common)
    if not second.ok:
        return
    outputs = outputs_of(second)
    await create(input=[*outputs, THANKS], tool_choice="none", previous_response_id=second.id, **common)


@scenario(each=MODES, needs=lambda mode: needs(mode) | {"input-items"})
async def outputs_listed(api: Api, mode: str) -> None:
    """A call and its output are sent, and the input is listed."""
    create = api.stream if mode == "streamed" else api.create
    call = {"type": "function_call", "call_id": "call_1", "name": "wash_floor", "arguments": '{"room": "hall"}'}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "Clean, ßo clean."}
    answer = await create(input=[WISH, call, output, THANKS], tools=TOOLS, tool_choice="none", max_output_tokens=64)
    await api.input_items(answer.id, order="asc", limit=50)


@scenario(each=MODES, needs=lambda mode: needs(mode) - {"tools"})
async def cut_continued(api: Api, mode: str) -> None:
    """A long answer is cut by its limit, and continued by one that is cut too; then it is sent back in a list."""
    create = api.stream if mode == "streamed" else api.create
    cut = await create(input=[COUNT], store=True, max_output_tokens=24)
    await create(input=[COUNT], previous_response_id=cut.id, max_output_tokens=24)
    if any(item.get("type") == "message" for item in cut.output):  # a thought that led to nothing may not be sent back
        await create(input=[COUNT, *cut.output, THANKS], max_output_tokens=200)


def is_answered(exchange: Exchange) -> bool:
    """A create was taken, and its response did not fail."""
    return exchange.is_success and exchange.reply["status"] in ("completed", "incomplete")


@requirement("tools.turns-continue")
def test_turns_of_tool_use_continue(tool_turns: Transcript) -> None:
    """Outputs of calls are taken turn after turn, with further messages, and the tools are still there."""
    first, *later = tool_turns
    assume(is_completed(first), "the first turn did not complete")

    assert [each.id for each in later if not is_answered(each)] == []


@requirement("input-items.calls-as-sent")
def test_calls_and_outputs_are_listed(outputs_listed: Transcript) -> None:
    """Calls and outputs of the input are listed with the call_id, name, arguments and output that were sent."""
    created, page = outputs_listed
    assume(page.is_success, "the input cannot be listed")
    sent = [item for item in created.sent["input"] if item["type"] != "message"]
    listed = {item.get("type"): item for item in page.body["data"]}
    found = [{name: listed.get(item["type"], {}).get(name) for name in item} for item in sent]

    assert found == sent


@requirement("chain.after-cut")
def test_a_cut_response_is_continued(cut_continued: Transcript) -> None:
    """A response that was cut by its limit is continued like any other."""
    cut, again, *_ = cut_continued
    assume(cut.reply.get("status") == "incomplete", "the response was not cut")

    assert is_answered(again)


@requirement("create.replay-cut")
def test_a_cut_output_is_sent_back(cut_continued: Transcript) -> None:
    """The output of a response that was cut by its limit is taken back as input."""
    cut, _, *replays = cut_continued
    assume(cut.reply.get("status") == "incomplete", "the response was not cut")
    assume(replays, "it was cut before it said anything")

    assert is_answered(replays[0])
