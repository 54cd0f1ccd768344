"""Play of a crossed row: its context is made, the create sent in its mode, and what came of it read again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio

from antiphon.contract.crossing import CrossingRow, FactorValue
from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.recording.intent import must_refuse, optional
from antiphon.suite.crossing.surfaces import STORY, SURFACES, features_of
from antiphon.suite.crossing.turns import ended_well, was_turned_down
from antiphon.suite.parts import names_one_of

MOST_TRIES = 4
"""Creates in which a row is sent with fewer and fewer features, where it is refused."""
RUNNING = ("queued", "in_progress")
POLLS = 40
HEARD = 1
"""The event of a stream after which it is repeated."""
Send = Callable[..., Awaitable[Answer]]


async def play(api: Api, row: CrossingRow) -> None:
    """Play a row. A feature that the server refuses is left out, so that the rest of the row is still seen."""
    context = await make_context(api, row)
    async with sender(api, row) as send:
        answer = await send_row(api, row, context, send)
    if row.surface == "chat" or not isinstance(answer.exchange.reply, dict) or not ended_well(answer.exchange):
        return
    if row.has("unstored"):
        with api.intending(must_refuse("not-stored")):
            await api.retrieve(answer.id)
        return
    with api.intending(optional("store", "input-items", *row.needs)):
        await poll(api, answer.id)
        await api.input_items(answer.id, order="asc", limit=50)
    if row.has("background-streamed"):
        with api.intending(optional("resume", *row.needs)):
            await api.retrieve(answer.id, stream=True, starting_after=HEARD)
    if row.has("conversation"):
        query = {"limit": 50, "order": "asc"}
        await api.call("conversations.items.list", conversation_id=context["conversation"], query=query)


async def make_context(api: Api, row: CrossingRow) -> dict[str, Any]:
    """What the create of a row continues, as fields: `input` holds the items that stand before its message."""
    if row.surface == "chat":
        return {"messages": list(row.of("context").before)}
    if row.has("alone"):
        return {"input": []}
    if row.has("conversation"):
        made = await api.call("conversations.create", body={"items": [STORY]})
        return {"input": [], "conversation": made.id}
    if row.has("compacted"):
        compacted = await api.compact(input=[STORY])
        return {"input": compacted.output}
    # The earlier turn is made in another mode, so that what is streamed is also continued, and the other way round.
    streamed = row.values[0].name in ("plain", "background", "websocket") and _may_stream(api)
    make = api.stream if streamed else api.create
    earlier = await make(input=[STORY], store=True, max_output_tokens=64)
    if row.has("chained"):
        return {"input": [], "previous_response_id": earlier.id}
    return {"input": [STORY, *earlier.output]}


def _may_stream(api: Api) -> bool:
    return api.target.capabilities.get("streaming") is not False


@asynccontextmanager
async def sender(api: Api, row: CrossingRow) -> AsyncIterator[Send]:
    """What sends a create in the mode of a row."""
    if row.surface == "chat":
        yield partial(create_completion, api)
        return
    if not row.has("websocket"):
        yield api.create
        return
    async with api.socket() as socket:

        async def create(**body: Any) -> Answer:
            return await socket.create(**{"model": api.model, **body})

        yield create


async def create_completion(api: Api, **body: Any) -> Answer:
    """A chat completion of the target's model."""
    return await api.call("chat.create", body={"model": api.model, **body})


async def send_row(api: Api, row: CrossingRow, context: Mapping[str, Any], send: Send) -> Answer:
    """Send a row; where it is refused, without the features that the refusal names, and at last without any."""
    surface, features = SURFACES[row.surface], list(features_of(row, api.target))
    kept = [value for value in row.values if value.factor == "storing"]
    mode = {name: each for value in row.values if value.factor == "mode" for name, each in value.fields.items()}
    for attempt in range(MOST_TRIES):
        turns = surface.turns_of(features, context[surface.turns])
        fields = surface.fields_of([*features, *kept], api.target)
        answer = await send(**{**fields, **context, **mode, surface.turns: turns})
        optional = [value for value in features if value not in kept]
        if not was_turned_down(answer.exchange) or not optional or attempt == MOST_TRIES - 1:
            break
        named = [value for value in optional if names_one_of(answer.exchange, names_of(value))]
        # Settings are refused more often than what is only read, which is left out at last.
        refused = named or [value for value in optional if value.fields]
        last = attempt == MOST_TRIES - 2
        features = kept if last or not refused else [value for value in features if value not in refused]
    return answer


def names_of(value: FactorValue) -> list[str]:
    """Names by which a refusal may speak of what a value sends."""
    parts = [str(part["type"]) for part in value.content] + ["image_url"] * (value.name == "image")
    return [*value.fields, *(str(each["role"]) for each in value.before), *parts]


async def poll(api: Api, response_id: str) -> Answer:
    """Read a response until its status is final."""
    pause = 0.1
    for _ in range(POLLS):
        found = await api.retrieve(response_id)
        if not found.ok or found.body.get("status") not in RUNNING:
            break
        await anyio.sleep(pause)
        pause = min(pause * 1.3, 1.0)
    return found
