"""State of one process that has users: what it may still send, what the target declines, what is left to delete."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import gevent

from antiphon.contract.load import contract
from antiphon.exercise.auth_failure import Lockout, auth_failure
from antiphon.exercise.pace import parse_rate
from antiphon.exercise.refusals import find_refusal
from antiphon.exercise.runner import transport_to
from antiphon.exercise.stop import CircuitBreaker, Stop
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import EARLY
from antiphon.recording.stored_response import stored_response
from antiphon.soak.journeys import Author, JourneyCall, playable
from antiphon.soak.judge_process import PlayedJourney
from antiphon.soak.load.hub_lag import HubLag
from antiphon.soak.load.judge_link import JudgeLink
from antiphon.soak.load.user_client import UserClient
from antiphon.soak.load_outcome import load_outcome
from antiphon.soak.settings import SoakSettings

FIRST_REPLIES = 20
"""Replies in which a wrong key, model or address is looked for."""
LONGEST_PAUSE = 5.0
"""Seconds that a user waits at most after a 429 or a call without an answer."""
SHORTEST_PAUSE = 0.2
CLEAN_UP_SECONDS = 5.0


class LoadProcess:
    """Shared by the users of one process during one test."""

    def __init__(self, settings: SoakSettings, share: int, workers: int) -> None:
        """`share` is how many calls this process may make."""
        target = settings.target
        self.contract = contract(settings.edition)
        self.author = Author(self.contract, target.model, cleans=target.clean_up)
        self.journeys = playable(self.contract)
        self.stop = Stop()
        self.step = 0
        self.steps = settings.users
        self.declined: dict[str, str] = {}
        self.calls_left = share
        self.is_announced = False
        """The lead knows that no more calls are made."""
        self._target = target
        self._shared = transport_to(replace(target, rate=""))
        self._lag = HubLag()
        self._lag.start()
        self._judge = JudgeLink(settings.edition, tuple(target.secrets()))
        self._interval, self._next = parse_rate(target.rate) * workers, 0.0
        self._deletes = False
        """The target was seen to delete."""
        self._proven: set[str] = set()
        self._stored: set[str] = set()
        self._first: list[Exchange] = []
        self._lockout, self._breaker = Lockout(), CircuitBreaker(self.stop)

    def client(self) -> UserClient:
        """Connections for one user."""
        return UserClient(self._shared, self._lag)

    @property
    def is_over(self) -> bool:
        """No more journeys are to begin."""
        return bool(self.stop.reason) or self.calls_left <= 0 or not self.open_journeys

    @property
    def open_journeys(self) -> list[str]:
        """The journeys that the target did not decline."""
        return [name for name in self.journeys if name not in self.declined]

    def wait_for_turn(self) -> None:
        """Wait until the rate allows one more call."""
        if self._interval:
            at = max(time.monotonic(), self._next)
            self._next = at + self._interval
            gevent.sleep(at - time.monotonic())

    def take(self, journey: str, call: JourneyCall, exchange: Exchange) -> bool:
        """Account for an exchange; false where it shows that the target declines the journey."""
        self._breaker.add(exchange)
        self._lockout.add(exchange)
        if len(self._first) < FIRST_REPLIES:
            self._first.append(exchange)
        if self._lockout.is_certain:
            self.stop.request("every call was refused for its key.")
        if call.request.method == "DELETE":
            self._learn_deletion(call.request.path.rpartition("/")[2], exchange)
            return True
        made, confirmed = stored_response(exchange)
        if made:
            self._stored.add(made)
        if journey in self._proven:
            return True
        refused = find_refusal(self.contract, call.needs, exchange, () if confirmed else self._stored)
        if refused is None or refused.capability == "core":
            return True
        match refused.capability:
            case "structured-output":
                self.author.formats = False
            case "input-items":
                self.author.lists = False
            case _:
                self.declined[journey] = refused.reason
                return False
        self.declined[f"{refused.capability} in {journey}"] = refused.reason
        return False

    def _learn_deletion(self, id: str, exchange: Exchange) -> None:
        """A target that refuses the first deletion is asked for no other, and its journeys go on without."""
        if exchange.is_success or exchange.status == 404:
            self._stored.discard(id)
        self._deletes = self._deletes or exchange.is_success
        if not self._deletes and exchange.is_client_error:
            self.author.cleans = False

    def finish_journey(self, journey: str, step: int, exchanges: list[Exchange], declined: bool) -> None:
        """Hand a journey to the judge. It belongs to the step with more users, of those in which it began and ended."""
        if not declined and all(each.is_success for each in exchanges):
            self._proven.add(journey)
        if exchanges:
            played = [replace(each) for each in exchanges]  # without what was worked out of it
            self._judge.judge(PlayedJourney(max(step, self.step), played, declined))
            if not self._judge.is_alive:
                self.stop.request("the process of the judge has ended, which is an error of ours.")

    def pause_after(self, exchange: Exchange) -> float:
        """Seconds for which a user holds back after a reply, as a client does that is told to."""
        result = load_outcome(exchange)
        if result is Outcome.OVERLOADED and exchange.response is not None:
            try:
                asked = float(exchange.response.header("retry-after") or SHORTEST_PAUSE)
            except ValueError:
                asked = SHORTEST_PAUSE
            return max(SHORTEST_PAUSE, min(asked, LONGEST_PAUSE))
        return SHORTEST_PAUSE if result in (Outcome.UNANSWERED, Outcome.DAMAGED, Outcome.BROKE) else 0.0

    def finish(self) -> dict[str, Any]:
        """Delete what was left, and report what was found; the process of the judge ends."""
        self._clean_up()
        steps = self._judge.tallies()
        self._judge.close()
        self._lag.stop()
        reason = self.stop.reason.removeprefix(EARLY)
        return {
            "steps": steps,
            "played": sorted(self._proven),
            "declined": dict(self.declined),
            "left": len(self._stored) if self._target.clean_up else 0,
            "remarks": [f"ended early: {reason}"] if reason else [],
            "failure": auth_failure(self._first, self._target),
        }

    def _clean_up(self) -> None:
        if not self.author.cleans or not self._stored:
            return
        client = self.client()
        with gevent.Timeout(CLEAN_UP_SECONDS, False):
            for id in sorted(self._stored):
                call = self.author.call("delete", {"store"}, response_id=id)
                self.take("clean-up", call, client.exchange(call, "clean-up", "clean-up"))
        client.close()
