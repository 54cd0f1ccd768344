"""Reference server as a target, and the check that a target answers at all."""

from __future__ import annotations

import base64
import math
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache

import anyio

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import Unreachable
from antiphon.exercise.limits import Limits
from antiphon.exercise.runner import transport_to
from antiphon.exercise.stop import Stop
from antiphon.exercise.target import Target
from antiphon.exercise.webhooks.receiver import run_receiver


@cache
def _keys() -> tuple[str, str, str]:
    """The API keys of two tenants and the webhook secret of every reference server of this process."""
    first, second = (f"sk-antiphon-{secrets.token_hex(16)}" for _ in range(2))
    return first, second, "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


@contextmanager
def reference(faults: Sequence[str] = (), edition: str = DEFAULT_EDITION, part: str = "") -> Iterator[Target]:
    """The reference server on a free port, as a target. It ends with the run: nothing to clean up."""
    from antiphon.server import ServerSettings, background_server

    key, second, secret = _keys()
    with ExitStack() as stack:
        receiver = stack.enter_context(run_receiver(secret))
        settings = ServerSettings(
            faults=tuple(faults),
            # What a fault breaks is stated for HTTP; on both transports it would also break what compares them.
            faults_over_sockets=False,
            edition=edition,
            api_key=key,
            api_keys=(second,),
            webhook=receiver.url,
            webhook_secret=secret,
            part=part,
        )
        base_url = stack.enter_context(background_server(settings))
        yield Target(
            base_url,
            model=settings.models[0],
            name="reference server",
            edition=edition,
            own_key=key,
            own_second_key=second,
            limits=Limits(calls=100_000),
            other_model=settings.models[1],
            reasoning_model="antiphon-1-reasoning",
            receiver=receiver,
            retries=0,
            clean_up=False,
        )


async def reach(target: Target, seconds: float = math.inf, stop: Stop | None = None) -> None:
    """Raises Unreachable where a target does not answer a harmless request in time; `stop` ends the waiting."""
    failure = None
    async with transport_to(target) as transport:
        with anyio.CancelScope() as scope, (stop or Stop()).notify(scope.cancel):
            failure = await transport.reach(seconds)
    if failure:
        raise Unreachable(f"{target.base_url} does not answer: {failure.message}")
