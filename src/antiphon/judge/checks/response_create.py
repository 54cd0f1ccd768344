"""What any create is answered with, and what a background create is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.response_echo import known_request
from antiphon.judge.checks.response_fields import STATUSES
from antiphon.judge.registry import Violation, check
from antiphon.judge.schemas import schemas_for
from antiphon.judge.subjects import TERMINAL, Call, ErrorReply, Reply, ResponseObject, Success
from antiphon.judge.values import MISSING, a_dict, a_list, broken, is_count, is_text, objects


def _foreground_body(response: ResponseObject) -> bool:
    ours = known_request(response) and response.event is None
    return ours and response.sent.get("background") is not True and response.status in STATUSES


@check("create.foreground-is-finished", on=ResponseObject, when=_foreground_body)
def foreground_is_finished(response: ResponseObject) -> Iterator[Violation]:
    """A reply that was not asked for in the background has a final status."""
    if response.status not in TERMINAL:
        yield broken(response.at("/status"), "completed, incomplete or failed", response.status)


@check(
    "create.never-500",
    on=Reply,
    when=lambda reply: reply.exchange.status is not None and not reply.operation.startswith("chat."),
)
def never_500(reply: Reply) -> Iterator[Violation]:
    """No request is answered with a 5xx status."""
    status = reply.exchange.status or 0
    if status >= 500:
        yield broken("", "a status below 500", status)


def _created(call: Call) -> bool:
    return call.operation == "create" and call.exchange.is_success


@check("create.answer-is-json", on=Reply, when=_created)
def answer_is_json(reply: Reply) -> Iterator[Violation]:
    """A reply that is no stream is one JSON object."""
    asked_for_stream = reply.exchange.request is None or reply.sent.get("stream") is True
    if reply.exchange.is_stream:
        if not asked_for_stream:
            yield Violation("", "a JSON object, as no stream was asked for", "an event stream")
    elif not isinstance(reply.exchange.body, dict):
        yield broken("", "a JSON object", reply.exchange.body)


@check("create.status-200", on=Reply, when=_created)
def status_200(reply: Reply) -> Iterator[Violation]:
    """A successful create is answered with 200."""
    if reply.exchange.status != 200:
        yield broken("", "status 200", reply.exchange.status)


def _unknown_fields(call: Call) -> list[str]:
    known = schemas_for(call).describe("request.create").fields
    return sorted(call.sent.keys() - {field.name for field in known} - {"frequency_penalty", "presence_penalty"})


def _refusal(call: Call) -> Mapping[str, Any]:
    return a_dict(a_dict(call.exchange.body).get("error"))


@check(
    "create.unknown-fields",
    on=Reply,
    when=lambda reply: reply.operation == "create" and bool(reply.sent) and bool(_unknown_fields(reply)),
)
def unknown_fields(reply: Reply) -> Iterator[Violation]:
    """A field outside the contract is refused as unknown or ignored."""
    param, code = _refusal(reply).get("param"), _refusal(reply).get("code")
    if reply.exchange.is_client_error and param in _unknown_fields(reply):
        if code not in ("unknown_parameter", "unsupported_parameter"):
            yield broken("/error/code", "unknown_parameter", code)


@check(
    "create.client-metadata",
    on=Reply,
    when=lambda reply: reply.operation == "create" and reply.sent.get("client_metadata") is not None,
)
def client_metadata(reply: Reply) -> Iterator[Violation]:
    """The field client_metadata is taken."""
    if reply.exchange.is_client_error and str(_refusal(reply).get("param")).startswith("client_metadata"):
        yield broken("/error/param", "no refusal of client_metadata", _refusal(reply).get("param"))


def _has_audio(call: Call) -> bool:
    parts = [part for item in objects(call.sent.get("input")) for part in objects(item.get("content"))]
    return any(part.get("type") == "input_audio" for part in parts)


@check("create.input-audio", on=Reply, when=lambda reply: reply.operation == "create" and _has_audio(reply))
def input_audio(reply: Reply) -> Iterator[Violation]:
    """A message part with audio is refused or taken."""
    if not (reply.exchange.is_success or reply.exchange.is_client_error):
        yield broken("", "success or a 4xx status", reply.exchange.status)


UNSUPPORTED = ("unsupported_parameter", "unsupported_value", "not_supported", "not_implemented")


@check(
    "create.unsupported-feature-refused",
    on=ErrorReply,
    when=lambda reply: reply.operation == "create"
    and bool(reply.sent)
    and (reply.exchange.status == 501 or _refusal(reply).get("code") in UNSUPPORTED),
)
def unsupported_feature_refused(reply: ErrorReply) -> Iterator[Violation]:
    """A parameter that the server does not support is refused with its name."""
    said = f"{_refusal(reply).get('param')} {_refusal(reply).get('message')}"
    if not any(name in said for name in reply.sent):
        yield broken("/error", "a refusal that names the parameter", said)


def _background(response: ResponseObject) -> bool:
    first = response.event in (None, "response.created")
    return known_request(response) and first and response.sent.get("background") is True


@check(
    "background.output-empty",
    on=ResponseObject,
    when=lambda response: _background(response) and response.event is None and response.status == "queued",
)
def background_output_empty(response: ResponseObject) -> Iterator[Violation]:
    """A queued response has an empty output and neither usage nor error."""
    if a_list(response.body.get("output")):
        yield broken(response.at("/output"), "an empty list, as the status is queued", response.body["output"])


@check("background.says-background", on=ResponseObject, when=_background)
def says_background(response: ResponseObject) -> Iterator[Violation]:
    """The reply to a background create says background true."""
    if response.body.get("background") is not True:
        yield broken(response.at("/background"), "True", response.body.get("background", MISSING))


@check(
    "background.first-status-queued", on=ResponseObject, when=lambda each: _background(each) and each.status in STATUSES
)
def first_status_queued(response: ResponseObject) -> Iterator[Violation]:
    """The first status of a background response is queued."""
    if response.status != "queued":
        yield broken(response.at("/status"), "'queued'", response.status)


@check("cancel.reply-is-response", on=Success, when=lambda reply: reply.operation == "cancel")
def cancel_reply_is_response(reply: Success) -> Iterator[Violation]:
    """A cancel is answered with a response object."""
    yield from _is_response(reply)


@check("store.get-object", on=Success, when=lambda reply: reply.operation == "retrieve")
def get_object(reply: Success) -> Iterator[Violation]:
    """Reading a response gives a response object."""
    yield from _is_response(reply)


def _is_response(reply: Success) -> Iterator[Violation]:
    kind = a_dict(reply.body).get("object", MISSING)
    if kind != "response":
        yield broken("/object", "a response object", kind if isinstance(reply.body, dict) else reply.body)


@check("store.delete-body", on=Success, when=lambda reply: reply.operation == "delete" and bool(reply.exchange.content.strip()))
def delete_body(reply: Success) -> Iterator[Violation]:
    """The answer to a delete names the id and says deleted true, if it has a body."""
    yield from deleted_violations(reply)


def deleted_violations(reply: Success) -> Iterator[Violation]:
    """What is wrong with the answer to a delete: it names the id of the path and says that it is gone."""
    if not isinstance(reply.body, dict):
        yield broken("", "an object with id and deleted", reply.body)
        return
    path = reply.exchange.request.path.rstrip("/").rpartition("/")[2] if reply.exchange.request else ""
    got = reply.body.get("id", MISSING)
    if not is_text(got) or (path and got != path):
        yield broken("/id", f"{path!r}", got)
    if reply.body.get("deleted") is not True:
        yield broken("/deleted", "True", reply.body.get("deleted", MISSING))


@check(
    "limits.output-within-limit",
    on=ResponseObject,
    when=lambda response: known_request(response)
    and is_count(response.sent.get("max_output_tokens"))
    and is_count(a_dict(response.body.get("usage")).get("output_tokens")),
)
def output_within_limit(response: ResponseObject) -> Iterator[Violation]:
    """output_tokens are no more than max_output_tokens."""
    limit, got = response.sent["max_output_tokens"], response.body["usage"]["output_tokens"]
    if got > limit:
        yield broken(response.at("/usage/output_tokens"), f"at most {limit}, as was sent", got)
