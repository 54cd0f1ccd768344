"""A refusal over a connection: what it ends, and what it leaves alone."""

from typing import Any

import pytest

from antiphon.contract.model import Contract
from antiphon.contract.triggers import ABSENT, Trigger, fill_placeholders, triggers
from antiphon.judge.base_requests import BaseRequests
from antiphon.suite import Api, Exchange, Transcript, assume, must_refuse, prerequisites, requirement, scenario

SHORT: dict[str, Any] = {"input": "Say hi.", "store": False, "max_output_tokens": 64}
WITHIN = 15.0
"""Seconds for a refusal, which needs no model."""


def refusals(exchange: Exchange) -> list[dict[str, Any]]:
    return [event for event in exchange.events if event.get("type") == "error"]


@scenario(needs={"websocket"})
async def socket_refused_then_created(api: Api) -> None:
    """A wrong create comes between two right ones. The first is what triggers change."""
    async with api.socket() as socket:
        await socket.create(model=api.model, **SHORT)
        with api.intending(must_refuse("temperature-type")):
            await socket.create(model=api.model, **SHORT, temperature="hot", within=WITHIN)
        await socket.create(model=api.model, **SHORT)


CONTROL = pytest.mark.usefixtures("socket_refused_then_created")
"""The scenario that sends the message of which triggers change a value."""


@scenario(
    needs={"websocket"},
    each=[each for each in triggers() if each.operation == "websocket"],
)
async def socket_refused_message(api: Api, trigger: Trigger) -> None:
    """A message is sent that must be refused, after making what it rests on."""
    names = await prerequisites.make_prerequisites(api, trigger)
    async with api.socket() as socket:
        if trigger.setup == "lanes-32":
            for number in range(32):
                await socket.create(model=api.model, **SHORT, generate=False, stream_id=f"lane-{number + 1}")
        whole = trigger.request.get("message")
        message = trigger.request.get("raw") or (fill_placeholders(whole, names) if whole else trigger.body(names))
        with api.intending(must_refuse(trigger.id)):
            await (await socket.send(message, within=WITHIN)).answer()


@requirement("websocket.error-keeps-open")
def test_stays_open(socket_refused_then_created: Transcript) -> None:
    """After a refusal the next create on the connection makes a response."""
    _, _, refused, created = socket_refused_then_created
    assume(refusals(refused), "the wrong create was not refused")

    assert created.failure is None
    assert created.reply["status"] in ("completed", "incomplete")


@requirement("websocket.errors-belong")
def test_errors_are_told_once(socket_refused_then_created: Transcript) -> None:
    """The error of a wrong create comes for it alone."""
    _, _, refused, created = socket_refused_then_created
    assume(not created.failure, "the connection did not outlast the refusal")

    assert len(refusals(refused)) == 1
    assert refusals(created) == []


@CONTROL
@requirement("{case.requirement}")
def test_is_refused(socket_refused_message: Transcript, base_requests: BaseRequests) -> None:
    """The message is refused with an error."""
    turn = socket_refused_message[-1]
    objection = base_requests.objection(socket_refused_message.case) if refusals(turn) else ""
    assume(not objection, objection)

    assert turn.events
    assert turn.events[0]["type"] == "error"
    status = turn.events[0].get("status")
    assume(status is not None, "the error has no status")
    assert socket_refused_message.case.accepts(status)


@CONTROL
@requirement("{case.detail}")
def test_says_why(socket_refused_message: Transcript, contract: Contract, base_requests: BaseRequests) -> None:
    """The refusal has the status, type, param and code of the service."""
    turn = socket_refused_message[-1]
    assume(refusals(turn), "it was not refused")
    objection = base_requests.objection(socket_refused_message.case)
    assume(not objection, objection)
    refusal = refusals(turn)[0]
    error: Any = refusal.get("error")
    assume(isinstance(error, dict), "the refusal has no error object")
    came = {"status": refusal.get("status"), **{key: error.get(key, ABSENT) for key in ("type", "param", "code")}}
    left_out = () if contract.edition.data["error_types_compared"] else ("type",)
    expected = {key: value for key, value in socket_refused_message.case.expected.items() if key not in left_out}

    assert {key: came[key] for key in expected} == expected
