"""Creates that are refused, misread or answered wrongly, whatever they are about."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.create_asking import alone, answering, changing, items, parts, refusing, tools
from antiphon.server.faults.shaping import in_item, in_parts, refusals, without
from antiphon.server.store import Json


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


def outputs_shown(item: Json) -> Json:
    return {**item, "outputs": [{"type": "logs", "logs": "hello\n"}]} if item["status"] == "completed" else item


def still_running(body: Json) -> Json:
    calls = any(item["type"] == "function_call" for item in body["output"])
    return {**body, "status": "in_progress", "completed_at": None, "usage": None} if calls else body


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
)  # fmt: skip
