"""Replies to any create, and to background creates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from antiphon.contract.schemas.validation import Schemas
from antiphon.judge.checks.echo.request_fields import has_json_request
from antiphon.judge.checks.response.fields import STATUSES
from antiphon.judge.registry import Violation, check
from antiphon.judge.schemas import schemas_for
from antiphon.judge.strict_json import constant_in
from antiphon.judge.subjects.responses import BODY, TERMINAL, Call, Decision, ErrorReply, Reply, ResponseObject
from antiphon.judge.values import a_dict, is_count, objects, violation_at


def _foreground_body(response: ResponseObject) -> bool:
    ours = has_json_request(response) and response.event is None
    return ours and response.sent.get("background") is not True and response.status in STATUSES


@check("create.foreground-is-finished", subject=ResponseObject, sorts=(BODY,), applies=_foreground_body)
def foreground_is_finished(response: ResponseObject) -> Iterator[Violation]:
    """A reply that was not asked for in the background has a final status."""
    if response.status not in TERMINAL:
        yield violation_at(response.at("/status"), "completed, incomplete or failed", response.status)


def _created(call: Call) -> bool:
    return call.operation == "create" and call.exchange.is_success


def _maybe_created(call: Call) -> bool:
    """The same, or a body whose status was not recorded."""
    return call.operation == "create" and (call.exchange.is_success or call.exchange.status is None)


@check("create.answer-is-json", subject=Reply, applies=_maybe_created)
def answer_is_json(reply: Reply) -> Iterator[Violation]:
    """A reply that is no stream is one JSON object."""
    asked_for_stream = not isinstance(reply.exchange.sent, dict) or reply.sent.get("stream") is True
    if reply.exchange.is_stream:
        if not asked_for_stream:
            yield Violation("", "a JSON object, as no stream was requested", "an event stream")
    elif not isinstance(reply.exchange.body, dict):
        yield violation_at("", "a JSON object", reply.exchange.body)
    elif constant := constant_in(reply.exchange.content.decode("utf-8", "replace")):
        yield Violation("", "JSON, which has no such number", constant)


@check("create.status-200", subject=Reply, applies=_created)
def status_200(reply: Reply) -> Iterator[Violation]:
    """A successful create is answered with 200."""
    if reply.exchange.status != 200:
        yield violation_at("", "status 200", reply.exchange.status)


def _unknown_fields(call: Call) -> list[str]:
    return sorted(call.sent.keys() - _known_fields(schemas_for(call)))


@lru_cache(maxsize=4096)
def _known_fields(schemas: Schemas) -> frozenset[str]:
    """The fields of a create; the penalties are known to the service and in no published schema."""
    return frozenset(field.name for field in schemas.describe("request.create").fields) | {
        "frequency_penalty",
        "presence_penalty",
    }


def _refusal(call: Call) -> Mapping[str, Any]:
    return a_dict(a_dict(call.exchange.body).get("error"))


@check(
    "create.unknown-fields",
    subject=Decision,
    applies=lambda reply: reply.operation == "create" and bool(reply.sent) and bool(_unknown_fields(reply)),
)
def unknown_fields(reply: Decision) -> Iterator[Violation]:
    """A field outside the contract is refused as unknown or ignored."""
    param, code = _refusal(reply).get("param"), _refusal(reply).get("code")
    named = reply.exchange.is_client_error and param in _unknown_fields(reply)
    if named and code not in ("unknown_parameter", "unsupported_parameter"):
        yield violation_at("/error/code", "unknown_parameter", code)


@check(
    "create.client-metadata",
    subject=Decision,
    applies=lambda reply: reply.operation == "create" and reply.sent.get("client_metadata") is not None,
)
def client_metadata(reply: Decision) -> Iterator[Violation]:
    """The field client_metadata is taken."""
    if reply.exchange.is_client_error and str(_refusal(reply).get("param")).startswith("client_metadata"):
        yield violation_at("/error/param", "no refusal of client_metadata", _refusal(reply).get("param"))


def _has_audio(call: Call) -> bool:
    parts = [part for item in objects(call.sent.get("input")) for part in objects(item.get("content"))]
    return any(part.get("type") == "input_audio" for part in parts)


@check("create.input-audio", subject=Decision, applies=lambda reply: reply.operation == "create" and _has_audio(reply))
def input_audio(reply: Decision) -> Iterator[Violation]:
    """A message part with audio is taken."""
    if not reply.exchange.is_success:
        yield violation_at("", "success", reply.exchange.status)


UNSUPPORTED = ("unsupported_parameter", "unsupported_value", "not_supported", "not_implemented")


@check(
    "create.unsupported-feature-refused",
    subject=ErrorReply,
    applies=lambda reply: (
        reply.operation == "create"
        and bool(reply.sent)
        and (reply.exchange.status == 501 or _refusal(reply).get("code") in UNSUPPORTED)
    ),
)
def unsupported_feature_refused(reply: ErrorReply) -> Iterator[Violation]:
    """A parameter that the server does not support is refused with its name."""
    said = f"{_refusal(reply).get('param')} {_refusal(reply).get('message')}"
    if not any(name in said for name in reply.sent):
        yield violation_at("/error", "a refusal that names the parameter", said)


@check(
    "limits.output-within-limit",
    subject=ResponseObject,
    applies=lambda response: (
        has_json_request(response)
        and is_count(response.sent.get("max_output_tokens"))
        and response.sent["max_output_tokens"] > 0
        and is_count(a_dict(response.body.get("usage")).get("output_tokens"))
    ),
)
def output_within_limit(response: ResponseObject) -> Iterator[Violation]:
    """output_tokens are no more than max_output_tokens."""
    limit, got = response.sent["max_output_tokens"], response.body["usage"]["output_tokens"]
    if got > limit:
        yield violation_at(response.at("/usage/output_tokens"), f"at most {limit}, as was sent", got)
