"""Background responses, and the replies to reads, cancels and deletes of a response."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.checks.echo.request_fields import has_json_request
from antiphon.judge.checks.response.fields import STATUSES
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import BODY, ResponseObject, Success
from antiphon.judge.values import MISSING, a_dict, a_list, is_text, violation_at


def _background(response: ResponseObject) -> bool:
    first = response.event in (None, "response.created")
    return has_json_request(response) and first and response.sent.get("background") is True


@check(
    "background.output-empty",
    subject=ResponseObject,
    sorts=(BODY,),
    applies=lambda response: (
        _background(response) and response.event is None and response.status == "queued" and "output" in response.body
    ),
)
def background_output_empty(response: ResponseObject) -> Iterator[Violation]:
    """A queued response has an empty output and neither usage nor error."""
    if a_list(response.body.get("output")):
        yield violation_at(response.at("/output"), "an empty list, as the status is queued", response.body["output"])


@check(
    "background.says-background",
    subject=ResponseObject,
    applies=lambda response: _background(response) and "background" in response.body,
)
def says_background(response: ResponseObject) -> Iterator[Violation]:
    """The reply to a background create says background true."""
    if response.body["background"] is not True:
        yield violation_at(response.at("/background"), "true", response.body["background"])


@check(
    "background.first-status-queued",
    subject=ResponseObject,
    applies=lambda each: _background(each) and each.status in STATUSES,
)
def first_status_queued(response: ResponseObject) -> Iterator[Violation]:
    """The first status of a background response is queued."""
    if response.status != "queued":
        yield violation_at(response.at("/status"), "'queued'", response.status)


@check("cancel.reply-is-response", subject=Success, applies=lambda reply: reply.operation == "cancel")
def cancel_reply_is_response(reply: Success) -> Iterator[Violation]:
    """A cancel is answered with a response object."""
    yield from _is_response(reply)


@check("store.get-object", subject=Success, applies=lambda reply: reply.operation == "retrieve")
def get_object(reply: Success) -> Iterator[Violation]:
    """Reading a response gives a response object."""
    yield from _is_response(reply)


def _is_response(reply: Success) -> Iterator[Violation]:
    kind = a_dict(reply.body).get("object", MISSING)
    if kind != "response":
        yield violation_at("/object", "a response object", kind if isinstance(reply.body, dict) else reply.body)


@check(
    "store.delete-body",
    subject=Success,
    applies=lambda reply: reply.operation == "delete" and bool(reply.exchange.content.strip()),
)
def delete_body(reply: Success) -> Iterator[Violation]:
    """The answer to a delete names the id and says deleted true, if it has a body."""
    yield from deleted_violations(reply)


def deleted_violations(reply: Success) -> Iterator[Violation]:
    """What is wrong with the answer to a delete: it names the id of the path and says that it is gone."""
    if not isinstance(reply.body, dict):
        yield violation_at("", "an object with id and deleted", reply.body)
        return
    path = reply.exchange.request.path.rstrip("/").rpartition("/")[2] if reply.exchange.request else ""
    got = reply.body.get("id", MISSING)
    if not is_text(got) or (path and got != path):
        yield violation_at("/id", f"{path!r}", got)
    if reply.body.get("deleted") is not True:
        yield violation_at("/deleted", "true", reply.body.get("deleted", MISSING))
