"""What is listed and read of one chain: input, settings and output of its stored turns, and nothing of the others."""

from typing import Any

from antiphon.suite import Exchange, Transcript, any_outcome, assume, is_taken, requirement
from antiphon.suite.controls import one_chain as chain
from antiphon.suite.controls.one_chain import creates, stream_of, with_outputs
from antiphon.suite.item_faces import missing_items
from antiphon.suite.shown_settings import lost_settings

one_chain = chain.one_chain


def page_of(one_chain: Transcript) -> list[dict[str, Any]]:
    """What is listed of the input of the streamed call, oldest first. Not testable without a list."""
    pages = [each for each in one_chain if each.request and each.request.path.endswith("/input_items")]
    assume(pages and pages[0].is_success and isinstance(pages[0].body.get("data"), list), "the input cannot be listed")
    return [each for each in pages[0].body["data"] if isinstance(each, dict)]


def listed(one_chain: Transcript) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The input of the streamed call without messages, and what its list holds of it."""
    page = page_of(one_chain)
    sent = [item for item in stream_of(one_chain).sent["input"] if item["type"] != "message"]
    assume(sent, "it was not taken with a call before it")
    ids = {item["call_id"] for item in sent}
    return sent, [each for each in page if each.get("call_id") in ids]


@requirement("modes.input-listed")
def test_every_part_is_listed(one_chain: Transcript) -> None:
    """The list of a stored response holds every message of its input, with every part, as sent."""
    sent = [item for item in stream_of(one_chain).sent["input"] if item["type"] == "message"]

    assert missing_items(sent, page_of(one_chain)) == []


@requirement("input-items.calls-as-sent")
def test_calls_and_outputs_are_listed(one_chain: Transcript) -> None:
    """Calls and outputs of the input are listed with the call_id, name, arguments and output that were sent."""
    sent, items = listed(one_chain)
    found = {item["type"]: item for item in items}

    assert [{name: found.get(item["type"], {}).get(name) for name in item} for item in sent] == sent


@requirement("input-items.order-matches-input")
def test_a_call_is_listed_before_its_output(one_chain: Transcript) -> None:
    """Ascending order is the order of the request."""
    sent, items = listed(one_chain)
    wanted, found = [item["type"] for item in sent], [item["type"] for item in items]
    assume(sorted(found) == sorted(wanted), "not all of it is listed")

    assert found == wanted


def all_reads(one_chain: Transcript) -> list[Exchange]:
    return [each for each in one_chain if not each.sent and each.request and each.request.path.count("/") == 2]


def reads_id(exchange: Exchange, id: str) -> bool:
    return bool(exchange.request and exchange.request.path.endswith(f"/{id}"))


@any_outcome
@requirement("tools.message-before-call")
def test_a_call_after_a_message_is_answered(one_chain: Transcript) -> None:
    """A response that says something before it calls reads with both, and its calls are answered in the next turn."""
    called = stream_of(one_chain)
    kinds, id = kinds_of(called), called.reply["id"]
    assume("message" in kinds and "function_call" in kinds[kinds.index("message") :], "nothing was said before a call")
    read = next((each for each in all_reads(one_chain) if reads_id(each, id)), None)
    assume(read and read.is_success, "the response cannot be read")
    streams = [each.reply.get("id") for each in creates(one_chain) if each.sent.get("stream") and is_taken(each)]
    turns = [each for each in with_outputs(one_chain) if each.sent["previous_response_id"] in streams]
    answers = [each for each in turns if each.sent["previous_response_id"] == id]
    assume(any(map(is_taken, turns)), "other calls of streams are not answered either")

    assert kinds_of(read) == kinds  # type: ignore[arg-type]
    assert is_taken(answers[-1])


@requirement("modes.settings-kept")
def test_a_streamed_call_reads_with_its_settings(one_chain: Transcript) -> None:
    """A stored response reads with the settings of its reply."""
    called = stream_of(one_chain)
    assume(is_taken(called), "the stream was refused")
    read = next((each for each in all_reads(one_chain) if reads_id(each, called.reply["id"])), None)
    assume(read and read.is_success, "the response cannot be read")

    assert lost_settings(called, read) == []  # type: ignore[arg-type]


def kinds_of(exchange: Exchange) -> list[Any]:
    """The types of the output items."""
    output = exchange.reply.get("output") if exchange.is_success and isinstance(exchange.reply, dict) else None
    assume(isinstance(output, list), f"{exchange.id} has no output")
    return [item.get("type") for item in output or () if isinstance(item, dict)]


def reads(one_chain: Transcript) -> list[Exchange]:
    """The reads of what was not stored: of the fork, and where it can be read, of the turn before it."""
    id = stream_of(one_chain).reply["id"]
    found = [each for each in all_reads(one_chain) if not reads_id(each, id)]
    assume(found, "the chain was not continued, or nothing can be read")
    return found


@requirement("store.off-not-readable")
def test_an_unstored_turn_cannot_be_read(one_chain: Transcript) -> None:
    """A response with store false cannot be read, also where it continues one that can."""
    found = reads(one_chain)

    assert not all(each.is_success for each in found) or len(found) < 2


@requirement("modes.store-off")
def test_an_unstored_stream_cannot_be_read(one_chain: Transcript) -> None:
    """What is not stored cannot be read when it was streamed either."""
    fork, *others = reads(one_chain)
    assume(not any(each.is_success for each in others), "an unstored turn can be read that was not streamed")

    assert not fork.is_success or not others
