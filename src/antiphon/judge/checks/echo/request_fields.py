"""Request fields that a response repeats: one requirement for each parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.response.fields import FIELDS, TIERS
from antiphon.judge.registry import Violation, check, check_table
from antiphon.judge.subjects.responses import FINAL, WHOLE, ResponseObject
from antiphon.judge.values import MISSING, a_dict, among, is_text, same, violation_at
from antiphon.recording.placeholders import is_placeholder

E = "response.echo."


FITS: Mapping[str, Callable[[Any], bool]] = {field.name: field.fits for field in FIELDS}
"""Required form of each field. A field of another form breaks that requirement alone."""


def has_json_request(response: ResponseObject) -> bool:
    """The response answers a create whose request was recorded as JSON."""
    return response.is_known_create


def requested_value(response: ResponseObject, name: str) -> Any:
    """Value of a parameter in the request; MISSING where it is absent or null, which mean the same."""
    value = response.sent.get(name)
    return MISSING if value is None else value


def has(response: ResponseObject, name: str) -> bool:
    """Whether the request sets a parameter."""
    return requested_value(response, name) is not MISSING


def is_covered(response: ResponseObject, value: Any) -> bool:
    """The recorder of a foreign recording wrote something else over the value."""
    return response.exchange.intent is None and is_placeholder(value)


class Plain(NamedTuple):
    """A parameter whose value comes back, or the default where none was sent and no prompt template could set one.

    A field that is absent has a requirement of its own, unless it is `optional`.
    """

    name: str
    default: Any = MISSING
    optional: bool = False


PLAIN: Mapping[str, Plain] = {
    E + "instructions": Plain("instructions"),
    E + "max-output-tokens": Plain("max_output_tokens"),
    E + "max-tool-calls": Plain("max_tool_calls", optional=True),
    E + "parallel-tool-calls": Plain("parallel_tool_calls", default=True),
    E + "previous-response-id": Plain("previous_response_id"),
    E + "prompt-cache-key": Plain("prompt_cache_key", optional=True),
    E + "safety-identifier": Plain("safety_identifier", optional=True),
    E + "store": Plain("store"),
    E + "temperature": Plain("temperature"),
    E + "top-logprobs": Plain("top_logprobs", optional=True),
    E + "top-p": Plain("top_p"),
    E + "truncation": Plain("truncation", default="disabled"),
}


def _compared(response: ResponseObject) -> dict[str, bool]:
    """Whether the value came back, for each parameter of the table that can be compared."""
    if "echo" not in response.memo:
        response.memo["echo"] = dict(_compare(response)) if has_json_request(response) else {}
    made: dict[str, bool] = response.memo["echo"]
    return made


def _compare(response: ResponseObject) -> Iterator[tuple[str, bool]]:
    body, sent = response.body, response.sent
    for requirement, row in PLAIN.items():
        expected = sent.get(row.name)
        if expected is None:
            if row.default is MISSING or has(response, "prompt"):
                continue
            expected = row.default
        if not FITS[row.name](expected):
            continue  # Taking a value that is to be refused is another breach, and nothing says what comes back.
        got = body.get(row.name, MISSING)
        if is_covered(response, expected) or is_covered(response, got):
            continue
        if row.optional if got is MISSING else FITS[row.name](got):
            yield requirement, same(got, expected)


def _changed(response: ResponseObject) -> list[str]:
    return [requirement for requirement, kept in _compared(response).items() if not kept]


_echo_check = check_table(ResponseObject, _compared, _changed)


def _plain(requirement: str, row: Plain) -> None:
    def find(response: ResponseObject) -> Iterator[Violation]:
        expected = requested_value(response, row.name) if has(response, row.name) else row.default
        got = response.body.get(row.name, MISSING)
        if not same(got, expected):
            yield violation_at(
                response.at(f"/{row.name}"), f"{format_value(expected)}, as {_why(response, row.name)}", got
            )

    find.__doc__ = f"A reply repeats the {row.name} that was sent."
    _echo_check(requirement)(find)


def _why(response: ResponseObject, name: str) -> str:
    return "was sent" if has(response, name) else "none was sent"


for _requirement, _row in PLAIN.items():
    _plain(_requirement, _row)


def _nested(requirement: str, outer: str, inner: str, but: tuple[str, ...] = ()) -> None:
    """A field of an object that was sent comes back."""

    def comparable(response: ResponseObject) -> bool:
        sent = a_dict(requested_value(response, outer)).get(inner)
        shown = isinstance(response.body.get(outer), dict)
        known = isinstance(sent, str) and sent not in but and not is_covered(response, sent)
        return has_json_request(response) and shown and known

    def find(response: ResponseObject) -> Iterator[Violation]:
        sent, got = response.sent[outer][inner], response.body[outer].get(inner, MISSING)
        if got != sent and (isinstance(got, str) or not got):
            yield violation_at(response.at(f"/{outer}/{inner}"), f"{sent!r}, as was sent", got)

    find.__doc__ = f"A reply repeats the {outer}.{inner} that was sent."
    check(requirement, subject=ResponseObject, applies=comparable)(find)


_nested(E + "reasoning-effort", "reasoning", "effort")
_nested(E + "reasoning-summary", "reasoning", "summary", but=("auto",))
_nested(E + "text-verbosity", "text", "verbosity")


@check(
    E + "background",
    subject=ResponseObject,
    applies=lambda response: (
        has_json_request(response)
        and response.sent.get("background") is False
        and isinstance(response.body.get("background"), bool)
    ),
)
def background(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the background that was sent; background true has a requirement of its own."""
    if response.body["background"]:
        yield violation_at(response.at("/background"), "false, as was sent", True)


def _is_nameless(conversation: Any) -> bool:
    """A conversation of a reply that has no id: its form has a requirement of its own."""
    return conversation is not None and not is_text(a_dict(conversation).get("id"))


@check(
    E + "conversation",
    subject=ResponseObject,
    applies=lambda response: (
        has_json_request(response)
        and isinstance(requested_value(response, "conversation"), str | dict)
        and not _is_nameless(response.body.get("conversation"))
    ),
)
def conversation(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the conversation that was sent, as an object with its id."""
    sent = requested_value(response, "conversation")
    expected = sent.get("id") if isinstance(sent, dict) else sent
    got = response.body.get("conversation")
    if got is None or got["id"] != expected:
        yield violation_at(response.at("/conversation"), f"an object with the id {format_value(expected)}", got)


@check(
    E + "service-tier",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        has_json_request(response)
        and response.event in WHOLE
        and response.status in ("completed", "incomplete")
        and among(response.body.get("service_tier"), TIERS)
    ),
)
def service_tier(response: ResponseObject) -> Iterator[Violation]:
    """A reply says the service tier that was used."""
    if response.body["service_tier"] == "auto":
        yield violation_at(response.at("/service_tier"), "the tier that was used", "auto")
