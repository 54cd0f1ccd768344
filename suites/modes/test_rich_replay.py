"""Responses of several items are sent back as one list, and what was sent is listed; plain and streamed."""

from typing import Any

from antiphon.suite import Answer, Api, Transcript, assume, is_taken, requirement, scenario
from antiphon.suite.item_faces import missing_items


def message(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


SEARCH = message("Search the web for the height of Mont Blanc.")
WISH = message("Call each of the two tools.")
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
    return {"store", "tools", "input-items"} | ({"streaming"} if mode == "streamed" else set())


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


@scenario(each=MODES, needs=needs)
async def rich_replayed(api: Api, mode: str) -> None:
    """A search and two calls are made, sent back as one list with the outputs of the calls, and listed."""
    create = api.stream if mode == "streamed" else api.create
    common: dict[str, Any] = {"store": True, "max_output_tokens": 1024}
    if api.target.reasoning_model:
        common |= {"model": api.target.reasoning_model, "reasoning": {"effort": "low"}}
    searched = output_of(await create(input=[SEARCH], tools=[FINDER], tool_choice=FINDER, **common))
    called = output_of(await create(input=[WISH], tools=TOOLS, tool_choice="required", **common))
    turns = [*([SEARCH, *searched] if searched else ()), WISH, *called, *outputs_of(called), THANKS]
    replayed = await create(input=turns, tools=TOOLS, tool_choice="none", **common)
    if is_taken(replayed.exchange):
        await api.input_items(replayed.id, order="asc", limit=50)


@requirement("create.replay-rich")
def test_a_list_of_many_kinds_is_taken(rich_replayed: Transcript) -> None:
    """Thoughts, hosted calls, and calls with their outputs are taken back in one list."""
    _, _, replayed, *_ = rich_replayed
    kinds = {item["type"] for item in replayed.sent["input"]}
    assume("function_call" in kinds, "the model called nothing")

    assert is_taken(replayed)


@requirement("modes.input-listed")
def test_a_list_of_many_kinds_is_listed(rich_replayed: Transcript) -> None:
    """What was sent back is listed: hosted calls, and calls with their arguments and outputs."""
    _, _, replayed, *pages = rich_replayed
    assume(pages and pages[0].is_success, "the list was refused, or its input cannot be listed")

    assert missing_items(replayed.sent["input"], pages[0].body["data"]) == []
