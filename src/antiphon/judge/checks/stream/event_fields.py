"""Names and fields of single events that have requirements of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from antiphon.contract.streams import tables
from antiphon.judge.base64_text import is_base64
from antiphon.judge.checks.stream.item_events import FINISHED, added_items, done_items
from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_analysis import analysis_of, events_where, notable_events
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import MISSING, a_dict, day_of, violation_at

OPEN = "open-responses"
CANCELLED = "response.cancelled"
SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]*:[a-zA-Z0-9_.-]+")
WITH_LOGPROBS = frozenset({"response.output_text.delta", "response.output_text.done"})
IMAGE = "response.image_generation_call.partial_image"
WITHOUT_OBFUSCATION = frozenset({"response.refusal.delta", "response.shell_call_output_content.delta"})


def is_open(stream: Stream) -> bool:
    """The edition is one of the open standard, in which extensions have a name of their own."""
    return stream.edition.id.startswith(OPEN)


def known_types(stream: Stream) -> frozenset[str]:
    """The event types of the edition."""
    return _known(is_open(stream))


@cache
def _known(is_open: bool) -> frozenset[str]:
    return frozenset(name for name, row in tables().events.items() if is_open or row.sources != ("or",))


def _unknown(stream: Stream) -> Iterator[tuple[int, str]]:
    strange = {name for name in analysis_of(stream).types if name} - known_types(stream) - {CANCELLED}
    if strange:
        for number, event in enumerate(stream.events):
            if isinstance(event.get("type"), str) and event["type"] in strange:
                yield number, event["type"]


@check("stream.unknown-event-types", subject=Stream, applies=lambda stream: bool(stream.events) and not is_open(stream))
def unknown_event_types(stream: Stream) -> Iterator[Violation]:
    """Only event types of the contract occur."""
    for number, kind in _unknown(stream):
        yield violation_at(f"event {number} /type", "an event type of the contract", kind)


@check("stream.extension.named", subject=Stream, applies=lambda stream: is_open(stream) and any(_unknown(stream)))
def extension_named(stream: Stream) -> Iterator[Violation]:
    """An event outside the standard is named slug:name."""
    for number, kind in _unknown(stream):
        if not SLUG.fullmatch(kind):
            yield violation_at(f"event {number} /type", "slug:name", kind)


@check("stream.terminal.no-cancelled-event", subject=Stream, applies=lambda stream: bool(stream.events))
def no_cancelled_event(stream: Stream) -> Iterator[Violation]:
    """There is no event response.cancelled."""
    cancelled = CANCELLED in analysis_of(stream).types
    for number, _ in events_where(stream, lambda event: event.get("type") == CANCELLED) if cancelled else ():
        yield violation_at(f"event {number} /type", "response.failed, or the end of the stream", CANCELLED)


def _extended(stream: Stream) -> list[tuple[int | None, dict[str, Any], tuple[str, ...]]]:
    known = tables().items
    begun = [(item.added_at, body, ("in_progress",)) for item, body in added_items(stream) if item.type not in known]
    ended = [(item.done_at, body, FINISHED) for item, body in done_items(stream) if item.type not in known]
    return [*begun, *ended]


@check(
    "stream.extension.item-status", subject=Stream, applies=lambda stream: is_open(stream) and bool(_extended(stream))
)
def extension_item_status(stream: Stream) -> Iterator[Violation]:
    """An item of an extension goes from in_progress to a final status."""
    for number, body, allowed in _extended(stream):
        if body.get("status") is not None and body["status"] not in allowed:
            yield violation_at(f"event {number} /item/status", " or ".join(allowed), body["status"])


def _has_logprobs(stream: Stream) -> bool:
    recorded = day_of(stream.exchange)
    until = date.fromisoformat(tables().tolerated["without_logprobs_until"]["date"])
    return (recorded is None or recorded >= until) and not WITH_LOGPROBS.isdisjoint(analysis_of(stream).types)


@check("stream.logprobs.list", subject=Stream, applies=_has_logprobs)
def logprobs_list(stream: Stream) -> Iterator[Violation]:
    """Text events carry logprobs as a list."""
    for number, event in events_where(stream, _lacks_logprobs):
        yield violation_at(f"event {number} /logprobs", "a list", event.get("logprobs", MISSING))


def _lacks_logprobs(event: Mapping[str, Any]) -> bool:
    kind = event.get("type")
    return isinstance(kind, str) and kind in WITH_LOGPROBS and not isinstance(event.get("logprobs"), list)


def _is_delta(event: Mapping[str, Any]) -> bool:
    kind = event.get("type")
    return isinstance(kind, str) and kind.endswith(".delta")


def _is_padded(stream: Stream) -> bool:
    return any("obfuscation" in event for _, event in notable_events(stream))


@check("stream.obfuscation.only-on-deltas", subject=Stream, applies=_is_padded)
def obfuscation_only_on_deltas(stream: Stream) -> Iterator[Violation]:
    """Only delta events are padded."""
    for number, event in events_where(stream, lambda event: "obfuscation" in event and not _is_delta(event)):
        yield violation_at(f"event {number} /obfuscation", "no such field", event["obfuscation"])


@check("stream.obfuscation.all-or-none", subject=Stream, applies=_is_padded)
def obfuscation_all_or_none(stream: Stream) -> Iterator[Violation]:
    """Either all deltas of text are padded or none is."""
    for number, _ in events_where(stream, _lacks_padding):
        yield violation_at(f"event {number}", "obfuscation, as on other deltas", "none")


def _lacks_padding(event: Mapping[str, Any]) -> bool:
    return "obfuscation" not in event and _is_delta(event) and event["type"] not in WITHOUT_OBFUSCATION


@check("stream.partial-image.base64", subject=Stream, applies=lambda stream: IMAGE in analysis_of(stream).types)
def partial_image_base64(stream: Stream) -> Iterator[Violation]:
    """A partial image is base64."""
    for number, event in enumerate(stream.events):
        if event.get("type") == IMAGE and not is_base64(event.get("partial_image_b64")):
            got = event.get("partial_image_b64", MISSING)
            yield violation_at(f"event {number} /partial_image_b64", "base64", got)


def _errors(stream: Stream) -> list[tuple[int, dict[str, Any]]]:
    if "error" not in analysis_of(stream).types:
        return []
    return [(number, event) for number, event in enumerate(stream.events) if event.get("type") == "error"]


@check("stream.error.nested", subject=Stream, applies=lambda stream: bool(_errors(stream)))
def error_nested(stream: Stream) -> Iterator[Violation]:
    """An error event has an object error, as error replies have."""
    for number, event in _errors(stream):
        if not isinstance(event.get("error"), dict) and "code" in event:
            yield violation_at(f"event {number}", "an object error with code and message", event)


@check("stream.error.shape", subject=Stream, applies=lambda stream: bool(_errors(stream)))
def error_shape(stream: Stream) -> Iterator[Violation]:
    """An error event says code, message and param, flat or nested."""
    for number, event in _errors(stream):
        nested = isinstance(event.get("error"), dict)
        error = a_dict(event["error"]) if nested else event
        where = f"event {number} /error" if nested else f"event {number}"
        if not isinstance(error.get("message"), str):
            yield violation_at(
                f"{where}/message" if nested else f"{where} /message", "a text", error.get("message", MISSING)
            )
        for key in ("code", "param"):
            if not isinstance(error.get(key, MISSING), str | None):
                at = f"{where}/{key}" if nested else f"{where} /{key}"
                yield violation_at(at, "a text or null", error.get(key, MISSING))
