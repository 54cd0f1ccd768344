"""Traits of a reply: what is wrong with it, in a form that is the same on every server and so can be looked up."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange

REFUSED, ACCEPTED, NO_ANSWER, CUT = "!refused", "!accepted", "!no-answer", "!cut"
"""In place of a requirement: the reply is of another kind than that of a right server."""
UNSTREAMED, STREAMED, OTHER_STATUS = "!unstreamed", "!streamed", "!other-status"
"""Likewise: a whole object where events were asked for, events where they were not, a refusal with another status."""
LACKING = "!lacks "
"""Begins what stands in place of a requirement where the reply lacks an output item of a type."""
FATAL = (REFUSED, NO_ANSWER, CUT, UNSTREAMED, STREAMED)
"""Traits that no client bears: it waits for a reply of another kind."""
OBJECT, _KEYS = "an object with ", "the keys of "
"""Begins the manner of an object with other keys than were expected, and what a check says that it expected."""
_ABSENT = ("nothing", "none", "an object with no fields", "no ")
NUMBER = "number"
"""The manner of a number that came, whatever it is."""
TEXT = "text"
_KINDS = {"'\"": TEXT, "{": "object", "[": "list"}
"""Kind of JSON by the first character of what came."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_PHRASE = re.compile(r"(an?|the|no|not|another|more|<)\b|<")
"""Begins what a check says of a value; else it has what a server wrote."""
_REMARK = re.compile(r"([a-z][a-z0-9-]*): ['\"]")
"""What a check remarks of bytes, before it quotes them."""
_ID = re.compile(r"\b([a-z]{2,12})_[0-9a-f]{16,}\w*")
"""An id that a server gave, which no other would."""
QUOTES = "'\""
MOST_KEYS = 120
"""Characters of the keys that an object has, at most."""
MOST_PHRASE = 12
"""Characters below which what came, if it is no value, is a phrase of the check."""
LIKENESS = 5
"""Characters at its beginning or end in which a text agrees with the one that was expected, so that it is one."""
_QUOTED = re.compile(r"a field '([^']+)'")


class Trait(NamedTuple):
    """A requirement that a reply breaks, the member at fault, the manner, and the type of the event that holds it.

    The manner is absent, null, a kind of JSON, or words of the check.
    """

    requirement: str
    member: str = ""
    manner: str = ""
    event: str = ""

    def __str__(self) -> str:
        return "|".join(self).rstrip("|")


def is_of_kind(text: str) -> bool:
    """The trait says that the reply, or what it holds, is of another kind than that of a right server."""
    return text.startswith("!")


def is_of_stream(text: str) -> bool:
    """It was seen in an event, or is of streams alone."""
    return text.startswith(("stream.", "sse.")) or text.count("|") == len(Trait._fields) - 1


def parse_trait(text: str) -> Trait:
    """The trait that was written so."""
    return Trait(*text.split("|"))


@cache
def without_event(text: str) -> str:
    """The trait in whatever event it was seen."""
    return "|".join(text.split("|")[:3])


def trait_of(requirement: str, violation: Violation, exchange: Exchange | None = None) -> Trait:
    """The trait of a violation; with the exchange that has it, the event is known."""
    event = _event(violation, exchange) if exchange else ""
    member = _member(violation)
    manner = _manner(violation.got, violation.expected, has_member=bool(member))
    # What is wrong with a whole frame is told by what its text holds; the done marker looks like a list, and is none.
    held = _kind(violation.got.strip(QUOTES).removeprefix("[DONE]")) if manner == TEXT and not member else ""
    return Trait(requirement, member, f"{manner} {held}".strip(), event)


def _event(violation: Violation, exchange: Exchange) -> str:
    found = re.match(r"event (\d+)", violation.at)
    events = exchange.events if found and (exchange.is_stream or exchange.is_socket) else []
    place = int(found[1]) if found else 0
    kind = events[place].get("type") if place < len(events) else ""
    return re.sub(r"[^\w.]", "", kind.removeprefix("response."))[:60] if isinstance(kind, str) else ""


def _member(violation: Violation) -> str:
    if quoted := _QUOTED.match(violation.expected):
        return quoted[1]
    place = violation.at[violation.at.index("/") :] if "/" in violation.at else ""
    names = [name for name in place.split("/") if name and not name.isdecimal()]
    return re.sub(r"[^\w-]", "", names[-1])[:40] if names else ""


def _manner(got: str, expected: str, *, has_member: bool) -> str:
    if got.startswith(_ABSENT):
        return "absent"
    if got in ("null", "true", "false"):
        return "null" if got == "null" else "truth"
    if remark := _REMARK.match(got):
        return " ".join(re.findall(r"[a-z]+", remark[1]))
    if expected.startswith(_KEYS) and got.startswith(OBJECT):
        return " ".join(re.findall(r"\w+", got))[:MOST_KEYS]
    is_other_id = got != expected and _ID.search(got) is not None
    kind, got, expected = _kind(got), _ID.sub(r"\1 id", got), _ID.sub(r"\1 id", expected)
    if is_other_id and got.strip(QUOTES) == expected.strip(QUOTES):
        return f"{kind} differs".strip()
    if not kind and has_member and not _PHRASE.match(got):
        kind = TEXT
    if not kind and (len(got) < MOST_PHRASE or not _resembles(got, expected)):
        return " ".join(re.findall(r"[a-z]+", got.lower())[:4])
    return f"{kind} {_size(got, expected)}".strip()


def _kind(got: str) -> str:
    if _NUMBER.fullmatch(got):
        return NUMBER
    return next((name for begins, name in _KINDS.items() if got.startswith(tuple(begins))), "")


def _size(got: str, expected: str) -> str:
    """How a text relates to the one that was expected; empty where it does not."""
    mine, other = got.strip(QUOTES), expected.strip(QUOTES)
    if not mine or mine == "{}":
        return "empty"
    if mine == other:
        return ""
    return "shorter" if mine in other else "longer" if other in mine else "differs" if _resembles(mine, other) else ""


def _resembles(one: str, other: str) -> bool:
    return one in other or other in one or one[:LIKENESS] == other[:LIKENESS] or one[-LIKENESS:] == other[-LIKENESS:]
