"""Creates over a connection: one after another, continued, in lanes, and as a warm-up."""

from typing import Any

from antiphon.suite import Api, CannotContinue, Exchange, Transcript, assume, must_refuse, requirement, scenario

GOOD = ("completed", "incomplete")
SHORT: dict[str, Any] = {"input": "Say hi.", "store": False, "max_output_tokens": 64}


def response_ids(exchange: Exchange) -> set[Any]:
    """The ids of the responses that the events of a turn carry."""
    return {event["response"].get("id") for event in exchange.events if isinstance(event.get("response"), dict)}


def made(exchange: Exchange) -> bool:
    """The turn ended with a response that did not fail."""
    return isinstance(exchange.reply, dict) and exchange.reply.get("status") in GOOD


def refusals(exchange: Exchange) -> list[dict[str, Any]]:
    return [event for event in exchange.events if event.get("type") == "error"]


@scenario(needs={"websocket"})
async def socket_created(api: Api) -> None:
    """A response is created over a connection."""
    async with api.socket() as socket:
        await socket.create(model=api.model, **SHORT, metadata={"lane": "none"})


@scenario(needs={"websocket"})
async def socket_continued(api: Api) -> None:
    """A response that is not stored is continued on its connection, then on another."""
    async with api.socket() as socket:
        first = await socket.create(model=api.model, **SHORT)
        await socket.create(model=api.model, **SHORT, previous_response_id=first.id)
    async with api.socket() as socket:
        with api.intending(must_refuse("another-connection")):
            await socket.create(model=api.model, **SHORT, previous_response_id=first.id)


@scenario(needs={"websocket"})
async def socket_continued_after_failure(api: Api) -> None:
    """A response that is not stored is continued well, then badly, then well again."""
    async with api.socket() as socket:
        first = await socket.create(model=api.model, **SHORT)
        second = await socket.create(model=api.model, **SHORT, previous_response_id=first.id)
        wrong = {**SHORT, "previous_response_id": second.id, "temperature": "hot"}
        with api.intending(must_refuse("temperature-type")):
            await socket.create(model=api.model, **wrong)
        with api.intending(must_refuse("after-failure")):
            await socket.create(model=api.model, **SHORT, previous_response_id=second.id)


@scenario(needs={"websocket"})
async def socket_created_at_once(api: Api) -> None:
    """Two creates are sent without waiting for the first."""
    async with api.socket() as socket:
        turns = [await socket.send({"type": "response.create", "model": api.model, **SHORT}) for _ in range(2)]
        for turn in turns:
            await turn.answer()


@scenario(needs={"websocket"})
async def socket_created_in_lane(api: Api) -> None:
    """A response is created in a lane with a name."""
    async with api.socket() as socket:
        await socket.create(model=api.model, **SHORT, stream_id="lane-1.a_B")


@scenario(needs={"websocket"})
async def socket_warmed_up(api: Api) -> None:
    """A connection is warmed up without making an answer."""
    async with api.socket() as socket:
        answer = await socket.create(model=api.model, **SHORT, generate=False)
        if not answer.exchange.events:
            raise CannotContinue("nothing came for the create", answer.exchange.id)


@scenario(needs={"websocket"})
async def socket_created_with_stream(api: Api) -> None:
    """A create says that it is to be streamed, and not in the background, as over HTTP."""
    async with api.socket() as socket:
        await socket.create(model=api.model, **SHORT, stream=True, background=False)


@requirement("websocket.create")
def test_makes_a_response(socket_created: Transcript) -> None:
    """A create with its fields at the top of the message makes the response that they ask for."""
    _, turn = socket_created

    assert turn.reply["status"] in GOOD
    assert turn.reply["metadata"] == turn.sent["metadata"]


@requirement("websocket.chain-unstored")
def test_continues_on_its_connection(socket_continued: Transcript) -> None:
    """A response with store false is continued on the connection that made it."""
    _, _, second, *_ = socket_continued

    assert refusals(second) == []
    assert second.reply["status"] in GOOD


@requirement("websocket.reconnect-refused")
def test_is_unknown_elsewhere(socket_continued: Transcript) -> None:
    """A response with store false is not continued on another connection."""
    _, _, second, opening, elsewhere = socket_continued
    assume(opening.status == 101, "the second connection did not open")
    assume(made(second), "it is not continued on its own connection either")

    assert len(refusals(elsewhere)) == 1
    assert not made(elsewhere)


@requirement("websocket.reconnect-code")
def test_says_what_is_unknown(socket_continued: Transcript) -> None:
    """The refusal on another connection says that the previous response was not found."""
    *_, elsewhere = socket_continued
    assume(refusals(elsewhere), "it was not refused")
    error: Any = refusals(elsewhere)[0].get("error")
    assume(isinstance(error, dict), "the refusal has no error object")

    assert error["code"] == "previous_response_not_found"


@requirement("websocket.failed-turn-clears")
def test_a_failed_turn_clears(socket_continued_after_failure: Transcript) -> None:
    """After a turn that failed, the response that it followed is no longer known."""
    _, _, second, failed, again = socket_continued_after_failure
    assume(made(second), "responses that are not stored are not continued at all")
    assume(refusals(failed), "the wrong create was not refused")
    assume(not again.failure, "the connection did not outlast the refusal")

    assert not made(again)


@requirement("websocket.sequential")
def test_runs_one_after_the_other(socket_created_at_once: Transcript) -> None:
    """Of two creates sent at once each makes a response, whose events do not mix with the other's."""
    _, first, second = socket_created_at_once
    assume(made(first) or made(second), "neither create made a response")

    assert refusals(first) == []
    assert refusals(second) == []
    assert len(response_ids(first)) == 1
    assert len(response_ids(second)) == 1
    assert response_ids(first) != response_ids(second)


@requirement("websocket.lane-echo")
def test_names_the_lane(socket_created_in_lane: Transcript) -> None:
    """Every event of a lane carries its stream_id."""
    _, turn = socket_created_in_lane
    assume(turn.events, "nothing came for the create")
    lanes = {event.get("stream_id") for event in turn.events}

    assert lanes == {turn.sent["stream_id"]}


@requirement("websocket.warm-up")
def test_warms_up(socket_warmed_up: Transcript) -> None:
    """A create with generate false completes with an id and without output."""
    _, turn = socket_warmed_up

    assert turn.reply["status"] == "completed"
    assert turn.reply["output"] == []
    assert turn.reply["id"]


@requirement("websocket.stream-field")
def test_takes_or_refuses_stream(socket_created_with_stream: Transcript) -> None:
    """A create with stream and background is answered, with a response or with a refusal."""
    _, turn = socket_created_with_stream

    assert made(turn) or refusals(turn)
