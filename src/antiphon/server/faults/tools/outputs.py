"""Faults of outputs of functions that have parts, and of calls that follow a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import CREATE, GET, after, parent_of, refuse_create, show
from antiphon.server.faults.requests import change_request, refuse_when
from antiphon.server.faults.tools.calls import outputs_of
from antiphon.server.json_values import Json


def output_parts(item: Json) -> list[Json]:
    """The parts of a function output; none where it is a text."""
    output = item.get("output")
    return [part for part in output if isinstance(part, dict)] if isinstance(output, list) else []


def has_output_part(body: Json, kind: str) -> bool:
    return any(part.get("type") == kind for item in outputs_of(body) for part in output_parts(item))


def is_output_of_parts(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == "function_call_output" and bool(output_parts(item))


def keep_parts(body: Json, by: Callable[[list[Json]], list[Json]]) -> Json:
    """Read some parts only of each function output that has parts."""
    items = body.get("input")
    if not isinstance(items, list):
        return body
    kept = [{**item, "output": by(output_parts(item))} if is_output_of_parts(item) else item for item in items]
    return {**body, "input": kept}


def first_text(parts: list[Json]) -> list[Json]:
    """The first part where all are texts."""
    return parts[:1] if all(part.get("type") == "input_text" for part in parts) else parts


def without_images(parts: list[Json]) -> list[Json]:
    return [part for part in parts if part.get("type") != "input_image"] or parts


def announces(items: list[Json]) -> bool:
    """A message stands before a function call."""
    kinds = [item["type"] for item in items]
    return "message" in kinds and "function_call" in kinds[kinds.index("message") :]


def refuse_after_announcement(reply: OutgoingReply) -> None:
    parent = parent_of(reply)
    if parent and announces(parent.response["output"]):
        refuse_create(reply, "No tool call found for the output in this input.")


def show_no_announcement(reply: OutgoingReply) -> None:
    items = reply.body.get("output") or []
    if announces(items):
        show(reply, output=[item for item in items if item["type"] != "message"])


FAULTS = (
    fault(
        "image-output-refused",
        "A function output with an image is refused.",
        "tools.output-image",
        request=refuse_when(lambda body: has_output_part(body, "input_image")),
    ),
    fault(
        "file-output-refused",
        "A function output with a file is refused.",
        "tools.output-file",
        request=refuse_when(lambda body: has_output_part(body, "input_file")),
    ),
    fault(
        "first-part-of-output",
        "Of the text parts of a function output only the first is read.",
        "tools.output-parts-read",
        request=change_request(lambda body: keep_parts(body, first_text)),
    ),
    fault(
        "image-of-output-dropped",
        "An image in a function output is taken and not read.",
        "tools.output-image-or-refusal",
        request=change_request(lambda body: keep_parts(body, without_images)),
    ),
    fault(
        "empty-output-refused",
        "A function output that is empty is refused.",
        "create.accepts.call-status",
        request=refuse_when(lambda body: any(item.get("output") == "" for item in outputs_of(body))),
        implies="tools.turns-continue",
    ),
    fault(
        "announced-call-unanswered",
        "The calls of a response that says something first cannot be answered in the next turn.",
        "tools.message-before-call",
        reply=after(CREATE, refuse_after_announcement),
    ),
    fault(
        "announcement-unread",
        "A response that calls reads without the message before the calls.",
        "tools.message-before-call",
        reply=after(GET, show_no_announcement),
        implies="store.get-equals-create",
    ),
)
