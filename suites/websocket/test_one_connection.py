"""One connection: a warm-up that is continued, messages that must be refused, and a create in a lane."""

from collections.abc import Mapping
from enum import IntEnum, auto
from typing import Any

import pytest

from antiphon.contract.model import Contract
from antiphon.contract.triggers import ABSENT, Trigger, fill_placeholders, triggers
from antiphon.suite import Api, Exchange, Transcript, assume, must_refuse, prerequisites, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import RULES, TOOL
from antiphon.suite.unknown_ids import alter

weighed = token_counts.weighed

SHORT: dict[str, Any] = {"input": "Say hi.", "store": False, "max_output_tokens": 64}
LABELS: dict[str, Any] = {"metadata": {"lane": "none"}}
WITHIN = 15.0
"""Seconds for a refusal, which needs no model."""
GOOD = ("completed", "incomplete")


class Step(IntEnum):
    """What is sent, in its order."""

    OPENED = 0
    WARMED_UP = auto()
    CONTINUED = auto()
    NO_JSON = auto()
    UNKNOWN_MESSAGE = auto()
    UNKNOWN_MODEL = auto()
    UNKNOWN_PREVIOUS = auto()
    IN_LANE = auto()


REFUSED: Mapping[str, Step] = {
    "websocket-broken-json": Step.NO_JSON,
    "websocket-unknown-message": Step.UNKNOWN_MESSAGE,
    "websocket-unknown-model": Step.UNKNOWN_MODEL,
    "websocket-previous-response": Step.UNKNOWN_PREVIOUS,
}
"""Triggers that are pulled."""
TRIGGERS = {each.id: each for each in triggers() if each.id in REFUSED}


@scenario(needs={"websocket"})
async def one_socket(api: Api) -> None:
    """A warm-up is continued; messages that must be refused follow, the last for what a failed turn made forgotten.

    Then comes a create in a lane, and where that makes no response, one in none.
    """
    async with api.socket() as socket:
        warm = await socket.create(model=api.model, **SHORT, generate=False)
        before: dict[str, Any] = {"previous_response_id": warm.id} if made(warm.exchange) else {}
        first = await socket.create(model=api.model, **SHORT, **LABELS, **before)
        known: dict[str, Any] = {"previous_response_id": first.id} if made(first.exchange) else {}
        names = {
            "MODEL": api.model, "UNKNOWN_MODEL": "no-such-model-antiphon", "FUNCTION": prerequisites.FUNCTION,
            "UNKNOWN_RESPONSE": alter(first.id if known else warm.id),
        }  # fmt: skip
        forgotten = ""
        for name, step in REFUSED.items():
            message = message_of(TRIGGERS[name], {**names, "UNKNOWN_RESPONSE": forgotten or names["UNKNOWN_RESPONSE"]})
            if step is Step.UNKNOWN_MODEL:
                message |= known
            with api.intending(must_refuse("after-failure" if step is Step.UNKNOWN_PREVIOUS and forgotten else name)):
                answer = await (await socket.send(message, within=WITHIN)).answer()
            if step is Step.UNKNOWN_MODEL and refusals(answer.exchange):
                forgotten = known.get("previous_response_id", "")
        lane: dict[str, Any] = {"stream_id": "lane-1.a_B", "instructions": RULES, "tools": [TOOL]}
        after = await socket.create(model=api.model, **SHORT, **LABELS, **lane)
        if not made(after.exchange):  # whether for the lane
            await socket.create(model=api.model, **SHORT, **LABELS)


def message_of(trigger: Trigger, names: dict[str, Any]) -> Any:
    whole = trigger.request.get("message")
    return trigger.request.get("raw") or (fill_placeholders(whole, names) if whole else trigger.body(names))


def refusals(exchange: Exchange) -> list[dict[str, Any]]:
    return [event for event in exchange.events if event.get("type") == "error"]


def made(exchange: Exchange) -> bool:
    """The turn ended with a response that did not fail."""
    return isinstance(exchange.reply, dict) and exchange.reply.get("status") in GOOD


def last_of(transcript: Transcript) -> Exchange:
    """The create after all refusals: that in a lane, or the one that was sent where it made no response."""
    assume(len(transcript) > Step.IN_LANE, "nothing was sent after the refusals")
    return transcript[-1]


def assume_makes(transcript: Transcript) -> None:
    """Not testable where a right create makes no response either."""
    turns = [transcript[Step.CONTINUED], last_of(transcript)]
    assume(any(map(made, turns)), "a right create makes no response either")


@requirement("websocket.upgrade")
def test_opens(one_socket: Transcript) -> None:
    """The server changes to WebSocket on the path of responses."""
    assert one_socket[Step.OPENED].status == 101


@requirement("websocket.create")
def test_makes_a_response(one_socket: Transcript) -> None:
    """A create with its fields at the top of the message makes the response that they ask for."""
    turns = [one_socket[Step.CONTINUED], last_of(one_socket)]
    turn = next(filter(made, turns), turns[0])

    assert turn.reply["status"] in GOOD
    assert turn.reply["metadata"] == turn.sent["metadata"]


@requirement("websocket.chain-unstored")
def test_continues_on_its_connection(one_socket: Transcript) -> None:
    """A response with store false is continued on the connection that made it."""
    turn = one_socket[Step.CONTINUED]
    assume("previous_response_id" in turn.sent, "the warm-up made no response")
    assume_makes(one_socket)

    assert refusals(turn) == []
    assert turn.reply["status"] in GOOD


@requirement("websocket.failed-turn-clears")
def test_a_failed_turn_clears(one_socket: Transcript) -> None:
    """After a turn that failed, the response that it followed is no longer known."""
    failed, again = one_socket[Step.UNKNOWN_MODEL], one_socket[Step.UNKNOWN_PREVIOUS]
    assume(failed.sent.get("previous_response_id"), "the turn that failed followed no response")
    assume(again.sent["previous_response_id"] == failed.sent["previous_response_id"], "no turn failed")
    assume("previous_response_id" in one_socket[Step.CONTINUED].sent, "no response was continued")
    assume(not again.failure, "the connection did not outlast the refusal")

    assert not made(again)


@requirement("websocket.lane-echo")
def test_names_the_lane(one_socket: Transcript) -> None:
    """Every event of a lane carries its stream_id."""
    turn = one_socket[Step.IN_LANE]
    assume(not turn.failure, "the connection did not outlast the refusals")
    assume(turn.events, "nothing came for the create")

    assert {event.get("stream_id") for event in turn.events} == {turn.sent["stream_id"]}


@requirement("modes.settings-shown")
def test_settings_are_shown(one_socket: Transcript, weighed: Transcript) -> None:
    """Instructions and tools that the reply to a plain create shows are shown over a connection."""
    _, _, instructed, tooled = weighed
    plain = {"instructions": instructed, "tools": tooled}
    turn = one_socket[Step.IN_LANE]
    assume(made(turn), "the create made no response")
    shown = [name for name, each in plain.items() if each.is_success and each.body.get(name)]
    sent = [name for name in shown if name in turn.sent]
    assume(sent, "no plain reply shows its settings")

    assert [name for name in sent if not turn.reply.get(name)] == []


@requirement("websocket.warm-up")
def test_warms_up(one_socket: Transcript) -> None:
    """A create with generate false completes with an id and without output."""
    turn = one_socket[Step.WARMED_UP]
    assume(turn.events, "nothing came for the create")

    assert turn.reply["status"] == "completed"
    assert turn.reply["output"] == []
    assert turn.reply["id"]


@requirement("errors.trigger.{name}")
@pytest.mark.parametrize("name", [each for each in REFUSED if TRIGGERS[each].requirement == f"errors.trigger.{each}"])
def test_is_refused(one_socket: Transcript, name: str) -> None:
    """A message that must be refused is answered with an error."""
    assume_makes(one_socket)
    turn = one_socket[REFUSED[name]]
    assume(turn.failure is None, "the connection did not outlast an earlier refusal")
    status = turn.events[0].get("status")
    assert turn.events[0]["type"] == "error"
    assume(status is not None, "the error has no status")

    assert TRIGGERS[name].accepts(status)


@requirement("{id}")
@pytest.mark.parametrize(("id", "name"), [(TRIGGERS[each].detail, each) for each in REFUSED], ids=str)
def test_says_why(one_socket: Transcript, contract: Contract, id: str, name: str) -> None:
    """A refusal has the status, type, param and code of the service."""
    assume_makes(one_socket)
    refused = refusals(one_socket[REFUSED[name]])
    assume(len(refused) == 1, f"it was not refused, or with others, so {id} cannot be told")
    error: Any = refused[0].get("error")
    assume(isinstance(error, dict), "the refusal has no error object")
    came = {"status": refused[0].get("status"), **{key: error.get(key, ABSENT) for key in ("type", "param", "code")}}
    left_out = () if contract.edition.data["error_types_compared"] else ("type",)
    expected = {key: value for key, value in TRIGGERS[name].expected.items() if key not in left_out}

    assert {key: came[key] for key in expected} == expected


@requirement("websocket.error-keeps-open")
def test_stays_open(one_socket: Transcript) -> None:
    """After refusals the next create on the connection makes a response."""
    created = last_of(one_socket)
    assume(any(refusals(one_socket[step]) for step in REFUSED.values()), "nothing was refused")

    assert created.failure is None
    assert created.reply["status"] in GOOD


@requirement("websocket.errors-belong")
def test_errors_are_told_once(one_socket: Transcript) -> None:
    """The error of a wrong message comes for it alone."""
    created = last_of(one_socket)
    assume(not created.failure, "the connection did not outlast the refusals")

    assert [name for name, step in REFUSED.items() if len(refusals(one_socket[step])) > 1] == []
    assert refusals(created) == []
