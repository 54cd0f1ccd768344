"""Random walks of the state machine, several at the same time, each a scenario."""

from __future__ import annotations

from contextlib import suppress

from anyio import to_thread

from antiphon.exercise.api import Api
from antiphon.generated.reproducible import steady
from antiphon.generated.walker import STEPS, Off, WalkBudgetSpent, Walker, walks

MACHINES = 4
"""Number of concurrent walks."""


async def walk(api: Api, number: int) -> None:
    """Play machine `number`; its calls become the exchanges of the scenario."""
    walker = Walker(api, number)
    await to_thread.run_sync(_run, walker)
    if walker.refused:
        raise walker.refused


def _run(walker: Walker) -> None:
    from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
    from hypothesis.errors import HypothesisException
    from hypothesis.stateful import get_state_machine_test

    from antiphon.generated.machine import Machine

    steady()
    phases = (Phase.generate, Phase.shrink) if walker.asked.shrinks else (Phase.generate,)
    chosen = settings(
        max_examples=walks(walker.asked), stateful_step_count=STEPS, database=None, deadline=None, print_blob=False,
        verbosity=Verbosity.quiet, phases=phases, suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )  # fmt: skip
    test = get_state_machine_test(lambda: Machine(walker), settings=chosen)  # type: ignore[arg-type]
    with suppress(Off, WalkBudgetSpent, HypothesisException):
        seed(walker.asked.seed * MACHINES + walker.number)(test)()
