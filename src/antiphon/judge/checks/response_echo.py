"""What a reply repeats of its request: one requirement for each parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from antiphon.contract.schemas_explain import shown
from antiphon.judge.checks.response_fields import FIELDS, TIERS
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import ENDINGS, ResponseObject
from antiphon.judge.values import MISSING, a_dict, among, broken, is_text, same

E = "response.echo."


FITS: Mapping[str, Callable[[Any], bool]] = {field.name: field.fits for field in FIELDS}
"""What each field has to be. A field that is something else has broken that requirement alone."""


def known_request(response: ResponseObject) -> bool:
    """The response answers a create whose request was recorded as JSON."""
    return response.operation == "create" and isinstance(response.exchange.sent, dict)


def asked(response: ResponseObject, name: str) -> Any:
    """What the request says for a parameter; MISSING where it is absent or null, which mean the same."""
    value = response.sent.get(name)
    return MISSING if value is None else value


def has(response: ResponseObject, name: str) -> bool:
    """Whether the request sets a parameter."""
    return asked(response, name) is not MISSING


def _plain(requirement: str, name: str, default: Any = MISSING, optional: bool = False) -> None:
    """The value that was sent comes back, or the default where none was sent and no prompt template could set one.

    A field that is absent has a requirement of its own, unless it is `optional`.
    """

    def comparable(response: ResponseObject) -> bool:
        fitting = FITS[name](response.body[name]) if name in response.body else optional
        if not known_request(response) or not fitting:
            return False
        return has(response, name) or (default is not MISSING and not has(response, "prompt"))

    def find(response: ResponseObject) -> Iterator[Violation]:
        expected = asked(response, name) if has(response, name) else default
        got = response.body.get(name, MISSING)
        if not same(got, expected):
            yield broken(response.at(f"/{name}"), f"{shown(expected)}, as {_why(response, name)}", got)

    find.__doc__ = f"A reply repeats the {name} that was sent."
    check(requirement, on=ResponseObject, when=comparable)(find)


def _why(response: ResponseObject, name: str) -> str:
    return "was sent" if has(response, name) else "none was sent"


_plain(E + "instructions", "instructions")
_plain(E + "max-output-tokens", "max_output_tokens")
_plain(E + "max-tool-calls", "max_tool_calls", optional=True)
_plain(E + "parallel-tool-calls", "parallel_tool_calls", default=True)
_plain(E + "previous-response-id", "previous_response_id")
_plain(E + "prompt-cache-key", "prompt_cache_key", optional=True)
_plain(E + "safety-identifier", "safety_identifier", optional=True)
_plain(E + "store", "store")
_plain(E + "temperature", "temperature")
_plain(E + "top-logprobs", "top_logprobs", optional=True)
_plain(E + "top-p", "top_p")
_plain(E + "truncation", "truncation", default="disabled")


def _nested(requirement: str, outer: str, inner: str, but: tuple[str, ...] = ()) -> None:
    """A field of an object that was sent comes back."""

    def comparable(response: ResponseObject) -> bool:
        sent = a_dict(asked(response, outer)).get(inner)
        shown = isinstance(response.body.get(outer), dict)
        return known_request(response) and shown and isinstance(sent, str) and sent not in but

    def find(response: ResponseObject) -> Iterator[Violation]:
        sent, got = response.sent[outer][inner], response.body[outer].get(inner, MISSING)
        if got != sent and (isinstance(got, str) or not got):
            yield broken(response.at(f"/{outer}/{inner}"), f"{sent!r}, as was sent", got)

    find.__doc__ = f"A reply repeats the {outer}.{inner} that was sent."
    check(requirement, on=ResponseObject, when=comparable)(find)


_nested(E + "reasoning-effort", "reasoning", "effort")
_nested(E + "reasoning-summary", "reasoning", "summary", but=("auto",))
_nested(E + "text-verbosity", "text", "verbosity")


@check(
    E + "background",
    on=ResponseObject,
    when=lambda response: (
        known_request(response)
        and response.sent.get("background") is False
        and isinstance(response.body.get("background"), bool)
    ),
)
def background(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the background that was sent; background true has a requirement of its own."""
    if response.body["background"]:
        yield broken(response.at("/background"), "False, as was sent", True)


@check(
    E + "conversation",
    on=ResponseObject,
    when=lambda response: known_request(response) and has(response, "conversation"),
)
def conversation(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the conversation that was sent, as an object with its id."""
    sent = asked(response, "conversation")
    expected = sent.get("id") if isinstance(sent, dict) else sent
    got = response.body.get("conversation")
    if got is None or (isinstance(got, dict) and is_text(got.get("id")) and got["id"] != expected):
        yield broken(response.at("/conversation"), f"an object with the id {shown(expected)}", got)


@check(
    E + "service-tier",
    on=ResponseObject,
    when=lambda response: (
        known_request(response)
        and response.event in (None, *ENDINGS)
        and response.status in ("completed", "incomplete")
        and among(response.body.get("service_tier"), TIERS)
    ),
)
def service_tier(response: ResponseObject) -> Iterator[Violation]:
    """A reply says the service tier that was used."""
    if response.body["service_tier"] == "auto":
        yield broken(response.at("/service_tier"), "the tier that was used", "auto")


def _same_kind(sent: Any, got: Any) -> bool:
    """Whether a value came back, as far as what came is of its kind at all."""
    return same(sent, got) or (got is not None and type(got) is not type(sent))


def _format(value: Any) -> dict[str, Any]:
    return a_dict(a_dict(value).get("format"))


@check(
    E + "text-format",
    on=ResponseObject,
    when=lambda response: (
        known_request(response) and bool(_format(asked(response, "text"))) and bool(_format(response.body.get("text")))
    ),
)
def text_format(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats type, name, schema and strict of the text format that was sent."""
    sent, got = _format(response.sent["text"]), _format(response.body["text"])
    for name in ("type", "name", "schema", "strict"):
        comparable = name in got or name == "strict"
        if sent.get(name) is not None and comparable and not _same_kind(sent[name], got.get(name)):
            expected = f"{shown(sent[name])}, as was sent" if name != "schema" else "the schema that was sent"
            yield broken(response.at(f"/text/format/{name}"), expected, got.get(name, MISSING))


@check(
    E + "format-default",
    on=ResponseObject,
    when=lambda response: (
        known_request(response)
        and not _format(asked(response, "text"))
        and not has(response, "prompt")
        and bool(_format(response.body.get("text")))
    ),
)
def format_default(response: ResponseObject) -> Iterator[Violation]:
    """The text format of a reply is text when none was sent."""
    if _format(response.body["text"]).get("type") != "text":
        yield broken(response.at("/text/format/type"), "'text'", _format(response.body["text"]).get("type", MISSING))
