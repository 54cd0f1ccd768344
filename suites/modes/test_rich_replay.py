"""Responses of several items are sent back as one list, and what was sent is listed; plain and streamed."""

from collections.abc import Awaitable, Callable
from typing import Any

from antiphon.recording.intent import optional
from antiphon.suite import (
    Answer,
    Api,
    CapabilityDeclined,
    Transcript,
    any_outcome,
    assume,
    is_taken,
    requirement,
    scenario,
)
from antiphon.suite.item_faces import missing_items


def message(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


SEARCH = message("Search the web for the height of Mont Blanc.")
WISH = message("First say in one sentence what you are about to do. Then call each of the two tools.")
THANKS = message("Thanks. Say bye.")
FINDER = {"type": "web_search"}
OBJECT: dict[str, Any] = {
    "type": "object", "properties": {"room": {"type": "string", "enum": ["hall"]}}, "required": ["room"],
    "additionalProperties": False,
}  # fmt: skip
TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": name, "parameters": OBJECT, "strict": True} for name in ("wash_floor", "paint_wall")
]
MODES = ("plain", "streamed")


def needs(mode: str) -> set[str]:
    return {"store", "tools"} | ({"streaming"} if mode == "streamed" else set())


def output_of(answer: Answer) -> list[dict[str, Any]]:
    """The items of a response; none where it was refused."""
    return answer.output if is_taken(answer.exchange) else []


def outputs_of(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An output for each call, as a text and as parts by turns."""
    calls = [item for item in items if item.get("type") == "function_call"]
    forms: list[Any] = ["Clean, ßo clean.", [{"type": "input_text", "text": "Clean."}]]
    return [
        {"type": "function_call_output", "call_id": call.get("call_id", ""), "output": forms[place % 2]}
        for place, call in enumerate(calls)
    ]


async def find(create: Callable[..., Awaitable[Answer]], **common: Any) -> list[dict[str, Any]]:
    """The items of a hosted search; none where there is no such tool, which says nothing of functions."""
    try:
        return output_of(await create(input=[SEARCH], tools=[FINDER], tool_choice=FINDER, **common))
    except CapabilityDeclined:
        return []


@scenario(each=MODES, needs=needs)
async def rich_replayed(api: Api, mode: str) -> None:
    """A search and two calls are made, sent back as one list with the outputs of the calls, and listed."""
    create = api.stream if mode == "streamed" else api.create
    common: dict[str, Any] = {"store": True, "max_output_tokens": 1024}
    if api.target.reasoning_model:
        common |= {"model": api.target.reasoning_model, "reasoning": {"effort": "low"}}
    searched = await find(create, **common)
    announced = await create(input=[WISH], tools=TOOLS, tool_choice="required", **common)
    called = output_of(announced)
    outputs = outputs_of(called)
    turns = [*([SEARCH, *searched] if searched else ()), WISH, *called, *outputs, THANKS]
    replayed = await create(input=turns, tools=TOOLS, tool_choice="none", **common)
    routes = api.contract.edition.routes
    if is_taken(replayed.exchange) and "input_items" in routes:
        with api.intending(optional("input-items", *needs(mode))):
            await api.input_items(replayed.id, order="asc", limit=50)
    if says_before_it_calls(called) and "retrieve" in routes:
        await api.retrieve(announced.id)
        with api.intending(optional("chaining", *needs(mode))):
            await create(input=outputs, previous_response_id=announced.id, tools=TOOLS, tool_choice="none", **common)


def says_before_it_calls(items: list[dict[str, Any]]) -> bool:
    """A message stands before a call."""
    kinds = [item.get("type") for item in items]
    return "message" in kinds and "function_call" in kinds[kinds.index("message") :]


@any_outcome
@requirement("create.replay-rich")
def test_a_list_of_many_kinds_is_taken(rich_replayed: Transcript) -> None:
    """Thoughts, hosted calls, and calls with their outputs are taken back in one list."""
    assume(len(rich_replayed) > 2, "what was to be sent back was refused")
    replayed = rich_replayed[2]
    kinds = {item["type"] for item in replayed.sent["input"]}
    assume("function_call" in kinds, "the model called nothing")

    assert is_taken(replayed)


@requirement("modes.input-listed")
def test_a_list_of_many_kinds_is_listed(rich_replayed: Transcript) -> None:
    """What was sent back is listed: hosted calls, and calls with their arguments and outputs."""
    assume(len(rich_replayed) > 2, "what was to be sent back was refused")
    replayed = rich_replayed[2]
    pages = [each for each in rich_replayed if each.request and each.request.path.endswith("/input_items")]
    assume(pages and pages[0].is_success, "the list was refused, or its input cannot be listed")

    assert missing_items(replayed.sent["input"], pages[0].body["data"]) == []


@requirement("tools.message-before-call")
def test_a_call_after_a_message_is_answered(rich_replayed: Transcript) -> None:
    """A response that says something before it calls reads with both, and its calls are answered in the next turn."""
    announced = rich_replayed[1]
    assume(is_taken(announced), "the create was refused")
    items = announced.reply.get("output") or []
    assume(says_before_it_calls(items), "the model said nothing before it called")
    *_, read, answered = rich_replayed
    assume("previous_response_id" in (answered.sent or ()), "the scenario did not come so far")
    assume(read.is_success, "the response cannot be read")

    assert [item.get("type") for item in read.body["output"]] == [item.get("type") for item in items]
    assert is_taken(answered)
