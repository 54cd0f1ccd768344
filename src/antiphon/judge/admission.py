"""Admission: which checks may see an exchange, by its intent and its outcome. No other place decides that."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from antiphon.judge.subjects.responses import Call, Decision, ErrorReply, Reply, Turn
from antiphon.recording.exchange import INBOUND, SOCKET_METHOD, UNOPENED, Exchange
from antiphon.recording.intent import Intent
from antiphon.recording.outcome import Outcome, outcome


class Sight(StrEnum):
    """What a check looks at."""

    CALL = "call"
    """Whether an answer came at all, and how: `answers.*` and `create.never-500`."""
    DECISION = "decision"
    """Whether the request was taken or refused."""
    REFUSAL = "refusal"
    """How it was refused: the envelope of the error."""
    REPLY = "reply"
    """What any whole reply has, good or refusal: its headers."""
    SUCCESS = "success"
    """What a good reply holds."""


_GOOD = frozenset({Sight.CALL, Sight.DECISION, Sight.REPLY, Sight.SUCCESS})
_TAKEN = frozenset({Sight.CALL, Sight.DECISION})
_REFUSED = frozenset({Sight.CALL, Sight.DECISION, Sight.REPLY, Sight.REFUSAL})
_FAILED = frozenset({Sight.CALL, Sight.REPLY, Sight.REFUSAL})
_CALL = frozenset({Sight.CALL})
_NONE = frozenset[Sight]()

ADMITTED: Mapping[Outcome, tuple[frozenset[Sight], frozenset[Sight]]] = MappingProxyType(
    {
        Outcome.ANSWERED: (_GOOD, _TAKEN),
        Outcome.REFUSED: (_REFUSED, _REFUSED),
        Outcome.OVERLOADED: (_FAILED, _FAILED),
        Outcome.BROKE: (_FAILED, _FAILED),
        Outcome.REDIRECTED: (_CALL, _CALL),
        Outcome.UNANSWERED: (_CALL, _CALL),
        Outcome.DAMAGED: (_CALL, _CALL),
        Outcome.UNROUTED: (_NONE, _NONE),
        Outcome.UNSENT: (_NONE, _NONE),
    }
)
"""By outcome: what may be seen where the request was legal or optional, and where it was a probe or to be refused."""

_SIGHTS: Mapping[type, Sight] = MappingProxyType(
    {
        Call: Sight.CALL,
        Decision: Sight.DECISION,
        ErrorReply: Sight.REFUSAL,
        Reply: Sight.REPLY,
        Turn: Sight.REPLY,
    }
)
"""By class of subjects; all others are parts of a good reply."""

VOID = frozenset({Outcome.UNANSWERED, Outcome.DAMAGED, Outcome.OVERLOADED, Outcome.BROKE, Outcome.REDIRECTED})
"""Outcomes after which nothing was shown but themselves."""


def sight_of(subject: type) -> Sight:
    """What the checks of a class of subjects look at."""
    return _SIGHTS.get(subject, Sight.SUCCESS)


def admitted_sights(intent: Intent, result: Outcome) -> frozenset[Sight]:
    """What may be seen of an exchange."""
    expected, other = ADMITTED[result]
    return expected if intent.expects_success else other


def void_outcome(exchange: Exchange) -> Outcome | None:
    """The outcome of an exchange that shows nothing but that; None for all others.

    Not a webhook, which we answer, nor the message over a socket whose connection was closed: that is what the tests of
    connections look at. One whose connection was never opened shows nothing.
    """
    if INBOUND in exchange.notes:
        return None
    result = outcome(exchange, routed=True)
    is_message = exchange.request is not None and exchange.request.method == SOCKET_METHOD
    if is_message and not (exchange.failure and exchange.failure.kind.startswith(("timeout", UNOPENED))):
        return None
    return result if result in VOID else None
