"""What was said before is sent again: as a copy, by reference, in its order and in its own letters."""

from typing import Any

from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed = token_counts.weighed

ODD_TEXT = 'Ünïcödé 你好 👩‍👩‍👧 zero\u200bwidth\nnew\tline \u0661 e\u0301 "quoted" \\ end'
HELLO: dict[str, Any] = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hi."}]}


@scenario()
async def text_replayed(api: Api) -> None:
    """The output of a response is sent back with a new message, without the server's memory."""
    first = await api.create(input=[HELLO], store=False, max_output_tokens=200)
    await api.create(input=[HELLO, *first.output, HELLO], store=False, max_output_tokens=32)


@requirement("create.replay-output")
def test_output_is_input(text_replayed: Transcript) -> None:
    """The output of a response is taken back as input together with a new message."""
    first, second = text_replayed
    assume(first.body.get("output"), "the response has no output")

    assert second.is_success


@scenario(needs={"store"})
async def item_referred_to(api: Api) -> None:
    """A message of a stored response is referred to by its id."""
    first = await api.create(input=[HELLO], store=True, max_output_tokens=200)
    ids = [item.get("id") for item in first.output if item.get("type") == "message"]
    if ids:
        await api.create(input=[{"type": "item_reference", "id": ids[-1]}, HELLO], max_output_tokens=32)


@requirement("create.item-reference")
def test_a_reference_is_resolved(item_referred_to: Transcript, weighed: Transcript) -> None:
    """A reference to an item of a stored response is resolved."""
    first, *rest = item_referred_to
    assume(rest and rest[0].sent["input"][0]["id"], "the model said nothing, or its message has no id")
    (second,) = rest

    assert second.is_success
    assume_count_moves(weighed[0], weighed[1])
    assert count_input(second) > count_input(first)


@scenario(needs={"input-items"})
async def odd_text_listed(api: Api) -> None:
    """A text of many scripts is stored and listed."""
    response = await api.create(input=ODD_TEXT, store=True, max_output_tokens=32)
    await api.input_items(response.id)


@requirement("create.text-survives")
def test_text_survives(odd_text_listed: Transcript) -> None:
    """Characters outside ASCII come back from the stored input as they were sent."""
    _, listed = odd_text_listed
    assume(listed.is_success and isinstance(listed.body, dict), "the input is not listed")
    content = [item.get("content") for item in listed.body.get("data") or []]
    assume(content and isinstance(content[0], list), "the input has no parts")

    assert [part.get("text") for part in content[0]] == [ODD_TEXT]


@scenario(needs={"input-items"})
async def turns_listed(api: Api) -> None:
    """Turns of two sides are sent at once, and listed."""
    turns: list[Any] = []
    for word in ("one", "two", "three"):
        turns.append({"type": "message", "role": "user", "content": f"Say {word}."})
        part = {"type": "output_text", "text": f"It is {word}.", "annotations": [], "logprobs": []}
        turns.append({"type": "message", "role": "assistant", "content": [part]})
    response = await api.create(input=[*turns, HELLO], store=True, max_output_tokens=32)
    await api.input_items(response.id, order="asc")


@requirement("create.replay-order")
def test_turns_keep_their_order(turns_listed: Transcript) -> None:
    """Replayed items are read in the order in which they were sent."""
    created, listed = turns_listed
    assume(listed.is_success and isinstance(listed.body, dict), "the input is not listed")
    texts = [part.get("text") for item in listed.body.get("data") or [] for part in item.get("content") or []]
    contents = [turn["content"] for turn in created.sent["input"]]
    sent = [content if isinstance(content, str) else content[0]["text"] for content in contents]
    assume(sorted(map(str, texts)) == sorted(sent), "the list does not hold just what was sent")

    assert texts == sent or texts == sent[::-1]
