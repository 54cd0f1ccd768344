"""Reply headers. In a recording that has only some of them, an absent header proves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import ClassVar

from antiphon.judge.checks.relations.key_owners import KeyOwners
from antiphon.judge.registry import Violation, check, relation
from antiphon.judge.subjects.responses import Reply
from antiphon.judge.values import MISSING, a_dict, violation_at
from antiphon.recording.placeholders import is_placeholder

PARTIAL = frozenset({"headers-partial", "body-only"})
"""Notes of exchanges whose recording does not hold all headers."""
DURATION = re.compile(r"(\d+(\.\d+)?(ms|us|µs|ns|s|m|h|d))+|\d+(\.\d+)?")


def keeps_headers(reply: Reply) -> bool:
    """Whether an absent header means that it was not sent."""
    response = reply.exchange.response
    return bool(response and response.headers) and not PARTIAL & reply.exchange.notes


def header(reply: Reply, name: str) -> str | None:
    """A header of the reply."""
    return reply.exchange.response.header(name) if reply.exchange.response else None


def _named(reply: Reply, start: str) -> list[tuple[str, str]]:
    """The headers whose names begin with `start`."""
    headers = reply.exchange.response.headers if reply.exchange.response else ()
    return [(name.lower(), value) for name, value in headers if name.lower().startswith(start)]


def _at(name: str) -> str:
    return f"header {name}"


def _is_error(reply: Reply) -> bool:
    return (reply.exchange.status or 0) >= 400


def _request_id(reply: Reply) -> Iterator[Violation]:
    if not header(reply, "x-request-id"):
        yield violation_at(_at("x-request-id"), "an id of the request", header(reply, "x-request-id") or MISSING)


@check("headers.request-id", subject=Reply, applies=lambda reply: keeps_headers(reply) and not _is_error(reply))
def request_id(reply: Reply) -> Iterator[Violation]:
    """Every reply has an x-request-id; refusals have a requirement of their own."""
    yield from _request_id(reply)


@check("headers.request-id-on-errors", subject=Reply, applies=lambda reply: keeps_headers(reply) and _is_error(reply))
def request_id_on_errors(reply: Reply) -> Iterator[Violation]:
    """Every refusal has an x-request-id."""
    yield from _request_id(reply)


@relation
@dataclass
class RequestIds:
    """No two replies share an x-request-id. The same bytes in a foreign recording are a copy of one reply."""

    requirements: ClassVar[tuple[str, ...]] = ("headers.request-id-unique",)
    subject: ClassVar[type] = Reply

    owners: KeyOwners = field(default_factory=KeyOwners)
    """By a digest of an id."""

    def see(self, reply: Reply) -> None:
        value = header(reply, "x-request-id")
        if value and not (set(value) <= set("Xx0-_") or is_placeholder(value)):
            digest = blake2b(value.encode("utf-8", "replace"), digest_size=12).hexdigest()
            self.owners.see(digest, reply.exchange)

    def add(self, other: RequestIds) -> None:
        self.owners.add(other.owners)

    def close(self) -> Iterator[tuple[str, list[Violation]]]:
        if len(self.owners) < 2:
            return
        found = [
            Violation(_at("x-request-id"), "an id of its own", f"the id of {first}", exchange=each)
            for _, (first, *others) in self.owners.shared()
            for each in others
        ]
        yield self.requirements[0], sorted(found, key=lambda violation: violation.exchange)


@check(
    "headers.content-type-json",
    subject=Reply,
    applies=lambda reply: (
        not _is_error(reply)
        and not reply.exchange.is_stream
        and isinstance(reply.exchange.body, dict | list)
        and bool(reply.exchange.response and reply.exchange.response.headers)
    ),
)
def content_type_json(reply: Reply) -> Iterator[Violation]:
    """A JSON body is labelled application/json."""
    label = reply.exchange.response.media_type if reply.exchange.response else ""
    if label != "application/json" and (label or keeps_headers(reply)):
        yield violation_at(_at("content-type"), "application/json", label or MISSING)


def _present_and(reply: Reply, name: str, pattern: str, expected: str) -> Iterator[Violation]:
    value = header(reply, name)
    if value is None or not re.fullmatch(pattern, value.strip()):
        yield violation_at(_at(name), expected, MISSING if value is None else value)


def _has_header(reply: Reply, name: str) -> bool:
    return keeps_headers(reply) or header(reply, name) is not None


@check("headers.processing-time", subject=Reply, applies=lambda reply: _has_header(reply, "openai-processing-ms"))
def processing_time(reply: Reply) -> Iterator[Violation]:
    """A reply says its openai-processing-ms as a whole number."""
    yield from _present_and(reply, "openai-processing-ms", r"\d+", "a whole number")


@check("headers.version", subject=Reply, applies=lambda reply: _has_header(reply, "openai-version"))
def version(reply: Reply) -> Iterator[Violation]:
    """A reply says its openai-version as a date."""
    yield from _present_and(reply, "openai-version", r"\d{4}-\d{2}-\d{2}", "a date")


KINDS = ("requests", "tokens")
LIMITS = frozenset(f"x-ratelimit-{what}-{kind}" for what in ("limit", "remaining") for kind in KINDS)


def _limits(reply: Reply) -> list[tuple[str, str]]:
    return [(name, value) for name, value in _named(reply, "x-ratelimit-") if name in LIMITS]


@check("headers.rate-limit-numbers", subject=Reply, applies=lambda reply: bool(_limits(reply)))
def rate_limit_numbers(reply: Reply) -> Iterator[Violation]:
    """Rate limit headers are whole numbers, none below zero, the remainder no more than the limit."""
    numbers: dict[str, int] = {}
    for name, value in _limits(reply):
        if re.fullmatch(r"\d{1,18}", value.strip()):
            numbers[name] = int(value)
        else:
            yield violation_at(_at(name), "a whole number", value)
    for kind in KINDS:
        limit, rest = (numbers.get(f"x-ratelimit-{what}-{kind}") for what in ("limit", "remaining"))
        if limit is not None and rest is not None and rest > limit:
            yield violation_at(_at(f"x-ratelimit-remaining-{kind}"), f"at most {limit}", rest)


def _resets(reply: Reply) -> list[tuple[str, str]]:
    return [(name, value) for name, value in _named(reply, "x-ratelimit-reset-") if name.endswith(KINDS)]


@check("headers.rate-limit-reset", subject=Reply, applies=lambda reply: bool(_resets(reply)))
def rate_limit_reset(reply: Reply) -> Iterator[Violation]:
    """Rate limit resets are durations."""
    for name, value in _resets(reply):
        if not DURATION.fullmatch(value.strip()):
            yield violation_at(_at(name), "a duration such as 120ms or 6m0s", value)


def _pays(reply: Reply) -> bool:
    error = a_dict(a_dict(reply.exchange.body).get("error"))
    return error.get("type") == "insufficient_quota"


@check(
    "headers.retry-after-on-429",
    subject=Reply,
    applies=lambda reply: reply.exchange.status == 429 and keeps_headers(reply) and not _pays(reply),
)
def retry_after_on_429(reply: Reply) -> Iterator[Violation]:
    """A 429 says in Retry-After, or in a reset header, how long to wait."""
    if not (header(reply, "retry-after") or header(reply, "retry-after-ms") or _resets(reply)):
        yield violation_at(_at("retry-after"), "a time to wait", MISSING)


@check("headers.retry-after-form", subject=Reply, applies=lambda reply: header(reply, "retry-after") is not None)
def retry_after_form(reply: Reply) -> Iterator[Violation]:
    """Retry-After is a whole number of seconds or a date."""
    value = (header(reply, "retry-after") or "").strip()
    if not (re.fullmatch(r"\d+", value) or _is_date(value)):
        yield violation_at(_at("retry-after"), "a whole number of seconds or a date", value)


def _is_date(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return True


@check("headers.retry-override", subject=Reply, applies=lambda reply: header(reply, "x-should-retry") is not None)
def retry_override(reply: Reply) -> Iterator[Violation]:
    """The header that overrides retries is true or false."""
    if header(reply, "x-should-retry") not in ("true", "false"):
        yield violation_at(_at("x-should-retry"), "true or false", header(reply, "x-should-retry"))
