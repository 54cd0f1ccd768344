"""Creates that are refused, misread or answered wrongly, whatever they are about."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.create_asking import alone, answering, changing, items, parts, refusing, tools
from antiphon.server.faults.shaping import ENDINGS, edit, edit_item, in_item, in_parts, refusals, without
from antiphon.server.store import Event, Json


def ascii_only(body: Json) -> Json:
    given = body.get("input")
    return {**body, "input": given.encode("ascii", "ignore").decode()} if isinstance(given, str) else body


def users_first(body: Json) -> Json:
    given = body.get("input")
    if not isinstance(given, list) or not all(isinstance(each, dict) and "role" in each for each in given):
        return body
    return {**body, "input": sorted(given, key=lambda each: bool(each["role"] == "assistant"))}


def without_images(body: Json) -> Json:
    if not any(sent_whole(part) for part in parts(body, "input_image")):
        return body
    kept = [
        {**each, "content": [part for part in each["content"] if not sent_whole(part)]}
        for each in items(body, "message")
    ]
    return {**body, "input": kept}


def sent_whole(part: Json) -> bool:
    """An image in the request itself."""
    return part.get("type") == "input_image" and str(part.get("image_url")).startswith("data:image")


def odd_headers(reply: Reply) -> Reply:
    if reply.operation == "create-response" and reply.request and "x-client-name" in reply.request.headers:
        error = {"message": "There is a header that is not known.", "type": "invalid_request_error"}
        reply.status, reply.body = 400, {"error": {**error, "param": None, "code": None}}
    return reply


def one_id(body: Json) -> Json:
    """The same id for all that set nothing."""
    bare = body.get("max_output_tokens") is None and not body.get("metadata") and not body.get("tools")
    return {**body, "id": "resp_" + "1" * 48} if bare and not body.get("background") else body


def nameless(body: Json) -> Json:
    """A refusal of what is not supported that does not say what that is."""
    error = body["error"]
    hidden = {**error, "message": "This is not supported here.", "param": None}
    return {"error": hidden} if error.get("code") == "unsupported_parameter" else body


def never_calls(body: Json) -> Json:
    """A stream that need not call a tool."""
    forced = body.get("stream") is True and body.get("tool_choice") == "required"
    return {**body, "tool_choice": "auto"} if forced else body


def outputs_shown(item: Json) -> Json:
    return {**item, "outputs": [{"type": "logs", "logs": "hello\n"}]} if item["status"] == "completed" else item


def still_running(body: Json) -> Json:
    calls = any(item["type"] == "function_call" for item in body["output"])
    return {**body, "status": "in_progress", "completed_at": None, "usage": None} if calls else body


def counts_more(event: Event) -> Event:
    """The end of a stream with one more token of input than there was."""
    used: dict[str, Any] | None = event["response"].get("usage")
    if not used:
        return event
    more = {"input_tokens": used["input_tokens"] + 1, "total_tokens": used["total_tokens"] + 1}
    return {**event, "response": {**event["response"], "usage": {**used, **more}}}


def ends_later(event: Event) -> Event:
    response = event["response"]
    ended = response.get("completed_at")
    return {**event, "response": {**response, "completed_at": ended + 1}} if ended else event


def lenient_stream(body: Json) -> Json:
    """A stream whose limit is dropped where it is no number."""
    wrong = body.get("stream") is True and isinstance(body.get("max_output_tokens"), str)
    return without(body, "max_output_tokens") if wrong else body


def cut_as_stream(body: Json) -> Json:
    return {**body, "stream": True} if body.get("max_output_tokens") == 16 else body


NO_STREAMED_CALL = (
    "stream.added.function-call-empty stream.added.function-call-named stream.sum.arguments stream.sum.arguments-item "
    "stream.order.function-call stream.order.function-call-done stream.schema.function-call-arguments "
    "tools.parallel-off tools.hosted-refused-or-run tools.streamed-call-complete item.schema.local-shell-call"
)
FAULTS = (
    refusing(
        "text-alone-refused", "A text with nothing set beside it is refused.", "create.text-input",
        lambda body: alone(body, str),
        "create.string-is-user-message input-tokens.equals-usage response.created-at.near-now",
    ),
    refusing(
        "messages-alone-refused", "Messages with nothing set beside them are refused.", "create.item-input",
        lambda body: alone(body, list),
        "create.string-is-user-message errors.trigger.encrypted-content-tampered.detail "
        "errors.trigger.output-without-call.detail errors.trigger.unknown-item-reference.detail",
    ),
    changing(
        "text-prefaced", "A text is given a preface.", "create.string-is-user-message input-tokens.equals-usage",
        lambda body: {**body, "input": "The user says: " + body["input"]} if alone(body, str) else body,
    ),
    answering("ids-repeat", "Responses to creates that set nothing share one id.", "create.id-unique", one_id),
    refusing(
        "nulls-refused", "A field that is null is refused.", "create.null-is-absent",
        lambda body: any(value is None for name, value in body.items() if name not in ("model", "input")),
    ),
    Fault(
        name="headers-refused",
        says="A header of the client's own is refused.",
        breaks=one("create.unknown-headers-ignored"),
        reply=odd_headers,
    ),
    changing("ascii-only", "Characters outside ASCII are lost from a text.", "create.text-survives", ascii_only),
    changing("users-first", "Messages of the user are read before the others.", "create.replay-order", users_first),
    changing("images-dropped", "Images that are sent as data are dropped.", "create.image-or-refusal", without_images),
    changing(
        "streams-never-call", "A stream that must call a tool need not.",
        "create.same-with-stream tools.required-calls response.echo.tool-choice", never_calls, NO_STREAMED_CALL,
    ),
    changing(
        "wrong-limit-streams", "A stream is begun though its limit is no number.",
        "stream.error.refused-before-start", lenient_stream,
    ),
    changing(
        "cut-as-stream", "What is to be cut short is streamed unasked.", "create.answer-is-json", cut_as_stream,
        "stream.final.same-keys-as-plain",
    ),
    refusing(
        "tool-type-refused", "A type of tool is refused without its place.", "create.unknown-tool-types",
        lambda body: any(tools(body, "web_search_preview")), "tools.hosted-refused-or-run",
    ),
    Fault(
        name="outputs-ungated",
        says="The outputs of the code interpreter are shown unasked.",
        breaks=one("create.gated-fields"),
        item=in_item("code_interpreter_call", outputs_shown),
    ),
    Fault(
        name="logprobs-withheld",
        says="Log probabilities that were asked for are not given.",
        breaks=one("create.include-refused-or-kept"),
        implies=one("item.schema.logprob"),
        item=in_parts(lambda part: {**part, "logprobs": []}),
    ),
    Fault(
        name="unsupported-unnamed",
        says="The refusal of what is not supported does not name it.",
        breaks=one("create.unsupported-feature-refused"),
        reply=refusals(nameless),
    ),
    Fault(
        name="moderation-without-output",
        says="A moderation result tells nothing of the output.",
        breaks=one("create.moderation-object"),
        response=lambda body: {**body, "moderation": without(body["moderation"], "output")}
        if body.get("moderation")
        else body,
    ),
    answering(
        "calls-leave-it-running", "A response that calls a function is answered as in progress.",
        "create.foreground-is-finished", still_running, "create.same-with-stream",
    ),
    Fault(
        name="streams-count-more",
        says="The same input counts one token more when it is streamed.",
        breaks=one("usage.text-stays-put"),
        implies=one("background.poll-equals", "store.get-equals-create", "stream.final.equals-retrieved"),
        events=edit(*ENDINGS, by=counts_more),
    ),
    Fault(
        name="stream-ends-later",
        says="A stream says that its response was completed a second later than what is stored.",
        breaks=one("stream.final.equals-retrieved"),
        events=edit(*ENDINGS, by=ends_later),
    ),
    Fault(
        name="stream-lacks-a-key",
        says="A response at the end of its stream lacks a key.",
        breaks=one("stream.final.same-keys-as-plain"),
        implies=one("stream.final.equals-retrieved"),
        events=edit(*ENDINGS, by=lambda event: {**event, "response": without(event["response"], "billing")}),
    ),
    Fault(
        name="streamed-call-without-status",
        says="Streamed function calls have no status when they are done.",
        breaks=one("tools.streamed-call-complete"),
        implies=one("stream.final.output-equals-items"),
        events=edit_item("response.output_item.done", of="function_call", status=None),
    ),
)  # fmt: skip
