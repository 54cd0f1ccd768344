"""What Locust calls: options, the beginning and the end of a test, and messages between its processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import gevent
from locust import LoadTestShape, events
from locust.runners import STATE_CLEANUP, STATE_STOPPED, STATE_STOPPING, MasterRunner, WorkerRunner

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import AntiphonError
from antiphon.exercise.http.address import parse_base_url
from antiphon.exercise.target import Target
from antiphon.run.interruption import SIGNAL_EXIT, SIGNALS
from antiphon.soak.load.collector import Collector
from antiphon.soak.load.load_process import LoadProcess
from antiphon.soak.settings import MOST_CALLS, SECONDS, USERS, SoakSettings, steps_of

GRACE = 3.0
"""Seconds in which users may end their journeys when a soak ends."""

NOTHING = {"steps": {}, "played": [], "declined": {}, "left": 0, "remarks": [], "failure": ""}
"""The report of a process that was stopped before its users came."""


class SoakShape(LoadTestShape):
    """Steps of a soak."""

    def tick(self) -> tuple[int, float] | None:
        """The number of users now."""
        collector: Collector = self.runner.environment.soak_collector
        try:
            return collector.tick()
        except AntiphonError as error:
            print(f"antiphon: {error}", file=sys.stderr)
            self.runner.environment.process_exit_code = int(error.exit)
            return None


@events.init_command_line_parser.add_listener
def add_options(parser: Any, **_: Any) -> None:
    """Options for `locust -f`, which Locust's web page shows too."""
    group = parser.add_argument_group("Antiphon")
    group.add_argument("--soak-users", default=USERS, help="Users of each step.")
    group.add_argument("--soak-duration", type=float, default=SECONDS, help="Seconds of each step.")
    group.add_argument("--soak-model", default=Target.model, help="The model that requests name.")
    group.add_argument("--soak-api-key-env", default=Target.api_key_env, help="The variable that holds the key.")
    group.add_argument("--soak-edition", default=DEFAULT_EDITION, help="The reading of the contract.")
    group.add_argument("--soak-max-calls", type=int, default=MOST_CALLS, help="Stop before more calls are made.")
    group.add_argument("--soak-report-dir", default="antiphon-report", help="Where results go.")


def settings_of(environment: Any) -> SoakSettings:
    """What `antiphon soak` handed over, else the options of Locust."""
    options = environment.parsed_options
    return SoakSettings.of_environment(os.environ) or SoakSettings(
        target=Target(
            str(parse_base_url(environment.host or "")), options.soak_model, api_key_env=options.soak_api_key_env
        ),
        users=steps_of(options.soak_users),
        seconds=options.soak_duration,
        edition=options.soak_edition,
        max_calls=options.soak_max_calls,
        folder=Path(options.soak_report_dir),
    )


@events.init.add_listener
def connect(environment: Any, runner: Any, **_: Any) -> None:
    """Give a process its part: users, the lead, or both."""
    environment.stop_timeout = environment.stop_timeout or GRACE
    environment.soak_collector = Collector(environment, lambda: settings_of(environment))
    environment.soak_process = None
    environment.soak_step = {"step": 0, "calls": MOST_CALLS, "workers": 1}
    if not isinstance(runner, MasterRunner):
        runner.register_message("soak-step", _take_step)
    if not isinstance(runner, WorkerRunner):
        runner.register_message("soak-part", _take_part)
        runner.register_message("soak-over", _take_end)
        runner.register_message("soak-ready", _take_start)
        if environment.parsed_options.headless:
            _end_on_signals(environment)


def _end_on_signals(environment: Any) -> None:
    """The first signal ends the soak in order, the second at once. Locust takes SIGTERM when a soak is over, only."""

    def end(number: int) -> None:
        if environment.soak_collector.is_interrupted:
            os._exit(SIGNAL_EXIT + number)
        environment.soak_collector.is_interrupted = True
        environment.process_exit_code = SIGNAL_EXIT + number

    for number in SIGNALS:
        gevent.signal_handler(number, end, int(number))


def _take_step(environment: Any, msg: Any, **_: Any) -> None:
    environment.soak_step = msg.data
    if environment.soak_process is not None:
        environment.soak_process.step = msg.data["step"]


def _take_part(environment: Any, msg: Any, **_: Any) -> None:
    environment.soak_collector.add(str(msg.node_id), msg.data)


def _take_start(environment: Any, msg: Any, **_: Any) -> None:
    environment.soak_collector.process_ready(str(msg.node_id))


def _take_end(environment: Any, msg: Any, **_: Any) -> None:
    environment.soak_collector.process_over(str(msg.node_id), msg.data["at_once"])


@events.test_start.add_listener
def begin(environment: Any, **_: Any) -> None:
    """Begin a soak."""
    if not isinstance(environment.runner, MasterRunner):
        step = environment.soak_step
        process = LoadProcess(settings_of(environment), step["calls"], step["workers"])
        process.step = step["step"]
        environment.soak_process = process
        environment.runner.send_message("soak-ready", {})


@events.test_stop.add_listener
def end(environment: Any, **_: Any) -> None:
    """Report what this process found, and where it leads, what all found."""
    runner, process = environment.runner, environment.soak_process
    environment.soak_process = None
    if not isinstance(runner, MasterRunner):
        runner.send_message("soak-part", process.finish() if process is not None else NOTHING)
    if not isinstance(runner, WorkerRunner):
        environment.soak_collector.conclude()


@events.quitting.add_listener
def stop_first(environment: Any, **_: Any) -> None:
    """End a soak that runs before its process quits, so that it is reported."""
    runner = environment.runner
    if runner is not None and runner.state not in (STATE_STOPPED, STATE_STOPPING, STATE_CLEANUP):
        runner.stop()
