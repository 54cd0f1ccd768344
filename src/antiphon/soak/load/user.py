"""A user of the API: makes one journey after the other, without a pause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import gevent
from locust import User, constant, task

from antiphon.recording.exchange import Exchange
from antiphon.soak.load.load_process import LoadProcess
from antiphon.soak.load.user_client import UserClient

IDLE = 0.5
"""Seconds that a user waits where no more journeys are to begin."""
_NUMBERS = count()


class ApiUser(User):
    """Each user makes all journeys in turn. Users begin with different ones, so that these meet each other."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Connect."""
        self.process: LoadProcess = self.environment.soak_process
        self.number = next(_NUMBERS)
        self.place = self.number
        self.client: UserClient = self.process.client()

    def on_stop(self) -> None:
        """Disconnect."""
        self.client.close()

    @task
    def journey(self) -> None:
        """One journey, and its judgement."""
        process = self.process
        if process.is_over:
            if not process.is_announced:
                process.is_announced = True
                self.environment.runner.send_message("soak-over", {"at_once": bool(process.stop.reason)})
            gevent.sleep(IDLE)
            return
        names = process.open_journeys
        name = names[self.place % len(names)]
        self.place += 1
        step, exchanges, declined = process.step, list[Exchange](), False
        for exchange, taken in self._play(name):
            exchanges.append(exchange)
            declined = declined or not taken
            if declined:
                break
        process.finish_journey(name, step, exchanges, declined)

    def _play(self, name: str) -> Iterator[tuple[Exchange, bool]]:
        """The exchanges of a journey, each with whether the target did not decline it."""
        process, steps = self.process, self.process.journeys[name](self.process.author)
        scenario = f"{name}-{self.number}-{self.place}"
        call = next(steps, None)
        for number in count(1):
            if call is None or process.calls_left <= 0:
                return
            process.wait_for_turn()
            process.calls_left -= 1
            exchange = self.client.exchange(call, f"{scenario}/{number}", scenario)
            self._report(name, exchange)
            yield exchange, process.take(name, call, exchange)
            gevent.sleep(process.pause_after(exchange))
            try:
                call = steps.send(exchange)
            except StopIteration:
                return

    def _report(self, name: str, exchange: Exchange) -> None:
        """Tell Locust, for its own statistics and its web page."""
        request = exchange.request
        is_good = exchange.status is not None and exchange.status < 400
        error: Any = None if is_good else (exchange.failure.message if exchange.failure else f"{exchange.status}")
        self.environment.events.request.fire(
            request_type=request.method if request else "",
            name=name,
            response_time=exchange.elapsed * 1000,
            response_length=len(exchange.content),
            exception=None if error is None else RuntimeError(error),
            context={},
        )
