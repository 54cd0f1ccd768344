"""Play of a dialogue of known clients: its requests as they were seen, with the model and the ids of this target."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from antiphon.clients.dialogue import Dialogue, DialogueTurn
from antiphon.clients.references import ReplyLacksValue
from antiphon.clients.sightings import is_accepted
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue
from antiphon.exercise.websocket.socket import Socket
from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import must_refuse

CLIENT_REFUSAL = must_refuse("client-request")
"""Intent of a request with which a client's own test shows how it tells of a refusal."""


async def play(api: Api, dialogue: Dialogue) -> None:
    """Play a dialogue until a reply is of another kind than that of a right server, and something rests on it."""
    replies: list[Any] = []
    async with AsyncExitStack() as stack:
        socket: Socket | None = None
        for number, turn in enumerate(dialogue.turns, 1):
            if turn.status == 101:
                socket = await stack.enter_async_context(api.socket(headers=dict(turn.headers) or None))
                replies.append(None)
                if not socket.is_open:
                    raise CannotContinue(f"call {number}: no socket opens")
                continue
            exchange = await _send(api, socket, turn, replies)
            is_last = number == len(dialogue.turns)
            if is_accepted(exchange) is turn.is_refused and not (turn.is_refused and is_last):
                raise CannotContinue(f"call {number} was answered with status {exchange.status}", exchange.id)
            replies.append(exchange.reply)


async def _send(api: Api, socket: Socket | None, turn: DialogueTurn, replies: Sequence[Any]) -> Exchange:
    try:
        path, query = turn.path_with(replies), turn.query_with(replies, api.model)
        body = turn.body_with(replies, api.model)
    except ReplyLacksValue as error:
        raise CannotContinue(str(error)) from None
    if socket is not None:
        return (await (await socket.send(body)).answer()).exchange
    with api.exact_input(), api.intending(CLIENT_REFUSAL if turn.is_refused else api.intent):
        answer = await api.send(turn.method, path, body=body, query=query or None, headers=dict(turn.headers) or None)
    return answer.exchange
