"""Obstacle of a night: an outage, a limit, a dead key or a spent account, of which nothing follows for the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from antiphon.judge.outcome_tally import EXPLAINS
from antiphon.recording.exchange import CLEAN_UP, INBOUND, RETRIED, Exchange
from antiphon.recording.outcome import Outcome, outcome
from antiphon.report.result_model import Result
from antiphon.report.words import plural

QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
"""Codes by which an account is said to be spent."""
DOWN = frozenset({Outcome.UNANSWERED, Outcome.DAMAGED, Outcome.BROKE})


def obstacle(exchanges: Iterable[Exchange]) -> str:
    """Why a night says nothing of its target, as a sentence; empty where it says something.

    The key or the account was refused in a share of the calls; or most calls, or all creates, met a limit or an outage.
    """
    calls = [each for each in exchanges if _counts(each)]
    if not calls:
        return ""
    share = max(1, EXPLAINS * len(calls))
    if len(found := [each for each in calls if each.status in (401, 403)]) >= share:
        return f"The key is refused: {_of(found, calls)}, first {found[0].id}."
    if len(found := [each for each in calls if _code(each) in QUOTA]) >= share:
        return f"The account is spent: {_of(found, calls)} ({_code(found[0])}), first {found[0].id}."
    return _load(calls)


def _load(calls: Sequence[Exchange]) -> str:
    """A limit or an outage that most calls, or all creates, met."""
    serves = any(each.is_success for each in calls if each.request and each.request.method == "POST")
    outcomes = {each.id: outcome(each) for each in calls}
    limited = [each for each in calls if each.status == 429]
    busy = [each for each in calls if outcomes[each.id] in (Outcome.OVERLOADED, Outcome.UNANSWERED)]
    down = [each for each in calls if outcomes[each.id] in DOWN or each in busy]
    if 2 * len(limited) > len(calls):
        return f"The rate limit was met: {_of(limited, calls)}, first {limited[0].id}."
    if 2 * len(busy) > len(calls) or (not serves and 2 * len(down) > len(calls)):
        return f"An outage: {_of(down, calls)}, first {down[0].id}."
    return ""


def load_effects(result: Result, exchanges: Mapping[str, Exchange]) -> set[str]:
    """The requirements that are broken in calls alone that were answered with 429 or 503: a busy server, no drift."""
    found = set()
    for each in result["requirements"]:
        places = [exchanges.get(place["exchange"]) for place in each["violations"]]
        if places and all(place and outcome(place) is Outcome.OVERLOADED for place in places):
            found.add(each["id"])
    return found


def _counts(exchange: Exchange) -> bool:
    """A call that a right server answers with success."""
    wanted = exchange.intent is None or exchange.intent.expects_success
    wanted = wanted and not exchange.is_socket  # which a proxy may decline by itself
    return wanted and not exchange.notes & {CLEAN_UP, INBOUND, RETRIED} and outcome(exchange) is not Outcome.UNSENT


def _of(found: Sequence[Exchange], calls: Sequence[Exchange]) -> str:
    statuses = sorted({str(each.status) if each.status else "no answer" for each in found})
    return f"{len(found)} of {plural(len(calls), 'call')} got {' or '.join(statuses)}"


def _code(exchange: Exchange) -> str:
    body: Any = exchange.body if exchange.status == 429 or exchange.is_client_error else None
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("code") or error.get("type") or "") if isinstance(error, dict) else ""
