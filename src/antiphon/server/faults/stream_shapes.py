"""Events with a member that is missing, of a wrong type, or not what was streamed before."""

from __future__ import annotations

from antiphon.server.faults.base import breaking
from antiphon.server.faults.shaping import Edit, edit, edit_response, without
from antiphon.server.store import Event


def output_changed(event: Event) -> Event:
    return {**event, "output": [{**each, "stdout": each["stdout"] + "!"} for each in event["output"]]}


def text_part(by: Edit) -> Edit:
    """A change of the part inside an event where it is text."""
    return lambda event: {**event, "part": by(event["part"])} if event["part"]["type"] == "output_text" else event


FAULTS = (
    breaking(
        "partial-image-as-address",
        "A partial image is an address.",
        "stream.partial-image.base64",
        events=edit(
            "response.image_generation_call.partial_image",
            by=lambda event: {**event, "partial_image_b64": "https://example.com/image.png"},
        ),
    ),
    breaking(
        "delta-in-a-box",
        "The delta of a custom tool's input is an object.",
        "stream.delta.string",
        events=edit(
            "response.custom_tool_call_input.delta", by=lambda event: {**event, "delta": {"text": event["delta"]}}
        ),
    ),
    breaking(
        "patch-diff-shortened",
        "The diff of the done event lacks its last character.",
        "stream.sum.patch-diff",
        events=edit(
            "response.apply_patch_call_operation_diff.done", by=lambda event: {**event, "diff": event["diff"][:-1]}
        ),
    ),
    breaking(
        "shell-output-differs",
        "The output of a shell command has a character more when it is done.",
        "stream.sum.shell-output",
        events=edit("response.shell_call_output_content.done", by=output_changed),
    ),
    breaking(
        "part-done-differs",
        "A part that is done has a space more than the text that was streamed.",
        "stream.sum.text-part",
        events=edit("response.content_part.done", by=text_part(lambda part: {**part, "text": part["text"] + " "})),
    ),
    breaking(
        "part-done-of-other-type",
        "A part of text is closed as a refusal.",
        "stream.part.same-type",
        events=edit("response.content_part.done", by=text_part(lambda part: {**part, "type": "refusal"})),
    ),
    breaking(
        "error-event-without-message",
        "The error event of a stream has no message.",
        "stream.error.shape",
        events=edit("error", by=lambda event: {**event, "error": without(event["error"], "message")}),
    ),
    breaking(
        "incomplete-event-without-reason",
        "The response in response.incomplete has no details.",
        "stream.incomplete.has-reason",
        events=edit_response("response.incomplete", incomplete_details=None),
    ),
)
