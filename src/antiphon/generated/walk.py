"""Random walks of the state machine, several at the same time, each a scenario."""

from __future__ import annotations

from contextlib import suppress

from anyio import to_thread

from antiphon.exercise.api import Api
from antiphon.generated.reproducible import make_reproducible
from antiphon.generated.walker import STEPS, ModelContradicted, WalkBudgetSpent, Walker, walk_count

MACHINES = 4
"""Number of concurrent walks."""


async def walk(api: Api, number: int) -> None:
    """Play machine `number`; its calls become the exchanges of the scenario."""
    walker = Walker(api, number)
    await to_thread.run_sync(_run, walker)
    if walker.refusal:
        raise walker.refusal


def _run(walker: Walker) -> None:
    from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
    from hypothesis.errors import HypothesisException
    from hypothesis.stateful import get_state_machine_test

    from antiphon.generated.machine import WalkMachine

    make_reproducible()
    phases = (Phase.generate, Phase.shrink) if walker.options.shrinks else (Phase.generate,)
    chosen = settings(
        max_examples=walk_count(walker.options), stateful_step_count=STEPS, database=None, deadline=None,
        print_blob=False, verbosity=Verbosity.quiet, phases=phases, suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )  # fmt: skip
    test = get_state_machine_test(lambda: WalkMachine(walker), settings=chosen)  # type: ignore[arg-type]
    with suppress(ModelContradicted, WalkBudgetSpent, HypothesisException):
        seed(walker.options.seed * MACHINES + walker.number)(test)()
