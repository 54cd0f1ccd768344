"""One mistake of a server breaks one requirement: the mistakes that servers are known for, and one for each check."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from tests.judge.judging import broken, judged, sse, stream_of
from tests.judge.legal_streams import COMPLETED, FAILED, INCOMPLETE, Event, build, numbered

from antiphon.contract.load import all_requirements
from antiphon.judge.registry import judged_ids

Change = Callable[[list[Event]], list[Event] | None]
KINDS = ["reasoning", "message", "function_call", "message"]


def base(kinds: list[str] = KINDS, ending: str = COMPLETED) -> list[Event]:
    """A stream whose messages have several deltas of text."""
    for seed in range(5000):
        stream = build(Random(seed), kinds, [ending])
        types = [event["type"] for event in stream]
        if "message" in kinds and types.count("response.output_text.delta") < 4:
            continue
        if "function_call" in kinds and "response.function_call_arguments.delta" not in types:
            continue
        if "keepalive" not in types and "error" not in types:
            return stream
    raise AssertionError("no such stream")


def of(stream: list[Event], suffix: str) -> list[Event]:
    return [event for event in stream if event["type"].endswith(suffix)]


def responses(stream: list[Event]) -> list[Event]:
    return [event["response"] for event in stream if "response" in event]


def put(suffix: str, **fields: Any) -> Change:
    """Set fields of every event whose type ends so."""

    def change(stream: list[Event]) -> None:
        for event in of(stream, suffix):
            event.update(fields)

    return change


def within(suffix: str, key: str, **fields: Any) -> Change:
    """Set fields of an object in the first event whose type ends so."""

    def change(stream: list[Event]) -> None:
        of(stream, suffix)[0][key].update(fields)

    return change


def without(*suffixes: str) -> Change:
    """Leave out every event whose type ends so."""
    return lambda stream: numbered([event for event in stream if not event["type"].endswith(suffixes)])


def constant_number(stream: list[Event]) -> None:
    for event in stream:
        event["sequence_number"] = 1


def ids_that_change(stream: list[Event]) -> None:
    for number, event in enumerate(of(stream, "output_text.delta")):
        event["item_id"] = f"msg_{number}x"


def growing_content_index(stream: list[Event]) -> None:
    for number, event in enumerate(of(stream, "output_text.delta")):
        event["content_index"] = number + 20


def one_index_for_all(stream: list[Event]) -> None:
    for event in stream:
        if "output_index" in event:
            event["output_index"] = 0


def gap_in_indices(stream: list[Event]) -> None:
    for event in stream:
        if event.get("output_index", 0) > 1:
            event["output_index"] += 1


def reversed_output(stream: list[Event]) -> None:
    stream[-1]["response"]["output"].reverse()


def lost_delta(stream: list[Event]) -> list[Event]:
    last = of(stream, "output_text.delta")[-1]
    return numbered([event for event in stream if event is not last])


def late_status(stream: list[Event]) -> None:
    responses(stream)[1]["status"] = "completed"


def cancelled(stream: list[Event]) -> list[Event]:
    return [*stream, {"type": "response.cancelled", "sequence_number": len(stream)}]


def replaced_end(stream: list[Event]) -> list[Event]:
    return [
        *stream[:-1],
        {"type": "error", "sequence_number": len(stream) - 1, "code": 1, "message": "a", "param": None},
    ]


def second_end(stream: list[Event]) -> list[Event]:
    return numbered([*stream, stream[-1]])


def more_after_error(stream: list[Event]) -> list[Event]:
    error = {"type": "error", "error": {"code": "a", "message": "b", "param": None}}
    return numbered([*stream[:-1], error, stream[-1]])


def interleaved(stream: list[Event]) -> list[Event]:
    first = next(event for event in stream if event["type"].endswith("item.done"))
    rest = [event for event in stream if event is not first]
    place = next(n for n, event in enumerate(rest) if event.get("output_index") == 1)
    return numbered([*rest[: place + 1], first, *rest[place + 1 :]])


def padded(stream: list[Event], where: Callable[[list[Event]], list[Event]]) -> None:
    for event in stream:
        event.pop("obfuscation", None)
    for event in where(stream):
        event["obfuscation"] = "x"


def unsealed(stream: list[Event]) -> None:
    item = of(stream, "item.done")[0]["item"]
    item["encrypted_content"] = None


MISTAKES: list[tuple[Change, set[str]]] = [
    (constant_number, {"stream.sequence.starts-at-zero", "stream.sequence.contiguous"}),
    (ids_that_change, {"stream.item-id.constant"}),
    (growing_content_index, {"stream.content-index.constant"}),
    (one_index_for_all, {"stream.output-index.unique"}),
    (gap_in_indices, {"stream.output-index.contiguous"}),
    (reversed_output, {"stream.output-index.is-place"}),
    (lost_delta, {"stream.sum.text"}),
    (without("output_item.added"), {"stream.item.added-before-use"}),
    (without("content_part.added"), {"stream.part.added-before-delta"}),
    (without("content_part.done"), {"stream.part.done-closes"}),
    (without("output_text.done"), {"stream.part.text-done"}),
    (without("output_item.done"), {"stream.item.done-for-added"}),
    (without("output_text.delta"), {"stream.delta.has-deltas"}),
    (without("function_call_arguments.done"), {"stream.order.function-call-done"}),
    (without("response.created"), {"stream.first-is-created"}),
    (without("response.in_progress"), {"stream.in-progress-follows"}),
    (without("response.completed"), {"stream.terminal.exactly-one"}),
    (cancelled, {"stream.terminal.no-cancelled-event"}),
    (second_end, {"stream.terminal.exactly-one"}),
    (more_after_error, {"stream.error.ends-stream"}),
    (replaced_end, {"stream.error.nested", "stream.error.shape"}),
    (interleaved, {"stream.item.no-overlap"}),
    (late_status, {"stream.lifecycle.early-status"}),
    (lambda stream: responses(stream)[0].update(output=[{}]), {"stream.lifecycle.early-output-empty"}),
    (lambda stream: responses(stream)[0].update(completed_at=1), {"stream.lifecycle.early-nulls"}),
    (lambda stream: responses(stream)[0].update(usage={}), {"stream.usage.null-until-terminal"}),
    (lambda stream: responses(stream)[0].pop("error") and None, {"stream.lifecycle.whole-response"}),
    (lambda stream: responses(stream)[-1].update(id="resp_2"), {"stream.lifecycle.constant-id"}),
    (lambda stream: responses(stream)[-1].update(created_at=5), {"stream.lifecycle.constant-created-at"}),
    (lambda stream: responses(stream)[-1].update(model="m"), {"stream.lifecycle.constant-model"}),
    (lambda stream: responses(stream)[-1].update(usage=None), {"stream.usage.in-terminal"}),
    (lambda stream: responses(stream)[-1].update(status="failed"), {"stream.terminal.type-fits-status"}),
    (lambda stream: responses(stream)[-1].update(output=None), {"stream.final.output-list"}),
    (lambda stream: responses(stream)[-1]["output"][1].update(id="x"), {"stream.item-id.in-final"}),
    (lambda stream: responses(stream)[-1]["output"][1].update(new=1), {"stream.final.output-equals-items"}),
    (lambda stream: responses(stream)[-1]["output"].pop() and None, {"stream.final.output-equals-items"}),
    (lambda stream: responses(stream)[-1].update(output=[]), {"stream.final.output-equals-items"}),
    (unsealed, {"stream.encrypted-content.in-done"}),
    (put("delta", delta=1), {"stream.delta.string"}),
    (put("output_text.delta", logprobs=None), {"stream.logprobs.list"}),
    (put("output_text.done", text=1), {"stream.schema.output-text"}),
    (put("delta", output_index="0"), {"stream.output-index.present"}),
    (put("delta", item_id=""), {"stream.item-id.present"}),
    (put("output_text.delta", content_index=None), {"stream.content-index.present"}),
    (
        lambda stream: padded(stream, lambda all: [*of(all, "delta"), *of(all, "text.done")]),
        {"stream.obfuscation.only-on-deltas"},
    ),
    (lambda stream: padded(stream, lambda all: of(all, "delta")[1:]), {"stream.obfuscation.all-or-none"}),
    (put("output_text.done", type="response.text.done"), {"stream.unknown-event-types", "stream.part.text-done"}),
    (within("item.added", "item", status="completed"), {"stream.item.added-status"}),
    (within("item.added", "item", summary=[{}]), {"stream.added.reasoning-empty"}),
]


@pytest.mark.parametrize(("change", "requirements"), MISTAKES, ids=[",".join(sorted(each)) for _, each in MISTAKES])
def test_a_mistake_breaks_its_requirement_and_no_other(change: Change, requirements: set[str]) -> None:
    stream = copy.deepcopy(base())

    assert broken(change(stream) or stream) == requirements


def in_message(**fields: Any) -> Change:
    return lambda stream: within("item.added", "item", **fields)(stream)


def call_renamed(stream: list[Event]) -> None:
    of(stream, "item.done")[0]["item"]["call_id"] = "call_2"


def cut_in_between(stream: list[Event]) -> None:
    of(stream, "item.done")[0]["item"]["status"] = "incomplete"
    responses(stream)[-1]["output"][0]["status"] = "incomplete"


OTHERS: list[tuple[list[str], str, Change, set[str]]] = [
    (["message"], COMPLETED, in_message(content=[{}]), {"stream.added.message-empty"}),
    (["message"], COMPLETED, in_message(role="user"), {"stream.added.message-role"}),
    (["function_call"], COMPLETED, in_message(arguments="{}"), {"stream.added.function-call-empty"}),
    (["function_call"], COMPLETED, in_message(name=""), {"stream.added.function-call-named"}),
    (["function_call"], COMPLETED, call_renamed, {"stream.item.same-call-id"}),
    (["custom_tool_call"], COMPLETED, in_message(input="a"), {"stream.added.custom-call-empty"}),
    (["code_interpreter_call"], COMPLETED, in_message(code="a"), {"stream.added.code-empty"}),
    (["mcp_call"], COMPLETED, in_message(arguments="a"), {"stream.added.mcp-call-empty"}),
    (["mcp_list_tools"], COMPLETED, in_message(tools=[1]), {"stream.added.mcp-list-empty"}),
    (["message", "message"], INCOMPLETE, cut_in_between, {"stream.item.only-last-incomplete"}),
    (
        ["message"],
        INCOMPLETE,
        lambda s: responses(s)[-1].update(incomplete_details=None),
        {"stream.incomplete.has-reason"},
    ),
    (["program"], FAILED, lambda s: responses(s)[-1].update(error=None), {"stream.failed.has-error"}),
    (
        ["image_generation_call"],
        COMPLETED,
        put("partial_image", partial_image_b64="?"),
        {"stream.partial-image.base64"},
    ),
    (["image_generation_call"], COMPLETED, put("partial_image", partial_image_index=1), {"stream.partial-image.index"}),
    (
        ["program"],
        COMPLETED,
        put("item.done", item=None),
        {"stream.schema.output-item", "stream.final.output-equals-items"},
    ),
]


@pytest.mark.parametrize(
    ("kinds", "ending", "change", "requirements"), OTHERS, ids=[str(min(each)) for *_, each in OTHERS]
)
def test_a_mistake_of_one_item_type(kinds: list[str], ending: str, change: Change, requirements: set[str]) -> None:
    found = set()
    for seed in range(400):
        stream = build(Random(seed), kinds, [ending])
        types = [event["type"] for event in stream]
        if types.count("response.image_generation_call.partial_image") == 1 or (
            kinds != ["image_generation_call"] and ("error" not in types) and "response.output_item.done" in types
        ):
            change(stream)
            found = broken(stream)
            break

    assert found == requirements


def test_queued_comes_after_created() -> None:
    stream = next(s for s in (build(Random(n), ["message"], [COMPLETED]) for n in range(99)) if of(s, "queued"))
    queued = next(n for n, event in enumerate(stream) if event["type"] == "response.queued")
    swapped = [stream[queued], *stream[:queued], *stream[queued + 1 :]]

    assert broken(numbered([event for event in swapped if event["type"] != "keepalive"])) == {
        "stream.queued-after-created"
    }


def places(stream: list[Event]) -> Iterator[str]:
    for violations in judged(stream_of(sse(stream))).values():
        yield from (violation.at for violation in violations)


def test_violations_name_event_and_pointer() -> None:
    stream = copy.deepcopy(base())
    responses(stream)[0]["usage"] = {}

    assert list(places(stream)) == ["event 0 /response/usage"]


def test_nothing_is_judged_that_a_stream_cannot_show() -> None:
    seen = set(judged(stream_of(sse(build(Random(1), ["program"], [COMPLETED])))))

    assert "stream.order.atomic" in seen
    assert not {"stream.sum.text", "stream.order.web-search-call", "stream.failed.has-error"} & seen


def test_every_requirement_judged_on_the_wire_has_a_check() -> None:
    wanted = {each.id for each in all_requirements().values() if each.judged in ("wire", "both")}

    assert {each for each in wanted if each.startswith(("stream.", "sse."))} <= judged_ids()
