"""Creates of which something else is read than was sent."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import CREATE, at, refuse
from antiphon.server.faults.requests import change_request, fail_when, input_parts, sends_only
from antiphon.server.json_values import Json


def drop_non_ascii(body: Json) -> Json:
    given = body.get("input")
    return {**body, "input": given.encode("ascii", "ignore").decode()} if isinstance(given, str) else body


def sort_users_first(body: Json) -> Json:
    given = body.get("input")
    if not isinstance(given, list) or not all(isinstance(each, dict) and "role" in each for each in given):
        return body
    return {**body, "input": sorted(given, key=lambda each: bool(each["role"] == "assistant"))}


def drop_images(body: Json) -> Json:
    if not any(is_inline_image(part) for part in input_parts(body, "input_image")):
        return body
    return {**body, "input": [without_images(each) for each in body["input"]]}


def without_images(item: Json) -> Json:
    content = item.get("content") if isinstance(item, dict) else None
    if not isinstance(content, list):
        return item
    return {**item, "content": [part for part in content if not is_inline_image(part)]}


def is_inline_image(part: Json) -> bool:
    """An image in the request itself."""
    return part.get("type") == "input_image" and str(part.get("image_url")).startswith("data:image")


def avoid_calls(body: Json) -> Json:
    """A stream that need not call a tool."""
    forced = body.get("stream") is True and body.get("tool_choice") == "required"
    return {**body, "tool_choice": "auto"} if forced else body


def stream_when_cut(body: Json) -> Json:
    return {**body, "stream": True} if body.get("max_output_tokens") == 16 else body


def read_null_as_zero(body: Json) -> Json:
    """A temperature that is null is read as 0."""
    return {**body, "temperature": 0} if "temperature" in body and body["temperature"] is None else body


def refuse_compressed(reply: OutgoingReply) -> None:
    if reply.request is not None and "content-encoding" in reply.request.headers:
        refuse(reply, "We could not parse the JSON body of your request.")


FAULTS = (
    fault(
        "compressed-as-text",
        "A compressed request is refused as JSON that is wrong.",
        "create.compressed-requests",
        reply=at(CREATE, refuse_compressed),
    ),
    fault(
        "text-prefaced",
        "A text is given a preface.",
        "create.string-is-user-message input-tokens.equals-usage",
        request=change_request(
            lambda body: {**body, "input": "The user says: " + body["input"]} if sends_only(body, str) else body
        ),
    ),
    fault(
        "bare-creates-fail",
        "A create with nothing set beside its input ends failed.",
        "create.completes",
        request=fail_when(lambda body: sends_only(body, str) or sends_only(body, list)),
    ),
    fault(
        "null-is-cold",
        "A temperature that is null is read as 0.",
        "create.null-is-absent",
        request=change_request(read_null_as_zero),
    ),
    fault(
        "ascii-only",
        "Characters outside ASCII are lost from a text.",
        "create.text-survives",
        request=change_request(drop_non_ascii),
    ),
    fault(
        "cut-as-stream",
        "What is to be cut short is streamed unasked.",
        "create.answer-is-json",
        request=change_request(stream_when_cut),
        implies="stream.final.same-keys-as-plain",
    ),
    fault(
        "users-first",
        "Messages of the user are read before the others.",
        "create.replay-order",
        request=change_request(sort_users_first),
    ),
    fault(
        "images-dropped",
        "Images that are sent as data are dropped.",
        "create.image-or-refusal",
        request=change_request(drop_images),
        implies="modes.turn-appended modes.input-listed",
    ),
    fault(
        "streams-never-call",
        "A stream that must call a tool need not.",
        "create.same-with-stream tools.required-calls response.echo.tool-choice",
        request=change_request(avoid_calls),
        implies="modes.choice-holds modes.settings-shown stream.added.function-call-empty "
        "stream.added.function-call-named stream.sum.arguments "
        "stream.sum.arguments-item stream.order.function-call stream.order.function-call-done "
        "stream.schema.function-call-arguments tools.parallel-off tools.hosted-refused-or-run "
        "tools.streamed-call-complete item.schema.local-shell-call",
    ),
)
