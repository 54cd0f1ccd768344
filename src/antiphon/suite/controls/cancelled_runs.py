"""A running response that is cancelled: what the refusal of another cancel is held against."""

from __future__ import annotations

from antiphon.exercise.api import Api
from antiphon.recording.exchange import Exchange
from antiphon.suite import scenario, while_streaming

LONG = "Count from 1 to 900, with commas."


@scenario(needs={"background", "cancel"})
async def cancelled(api: Api) -> None:
    """A running background response is cancelled, read, and cancelled once more."""
    created = await api.create(input=LONG, background=True, store=True, max_output_tokens=2000)
    await api.cancel(created.id)
    await api.retrieve(created.id)
    await api.cancel(created.id)


def is_cancelled(exchange: Exchange) -> bool:
    """A response reads as cancelled, or says nothing of its status: that is missed by a requirement of its own."""
    reply = exchange.reply
    return exchange.is_success and isinstance(reply, dict) and reply.get("status") in (None, "cancelled")


@scenario(needs={"background", "cancel", "streaming"})
async def cancelled_stream(api: Api) -> None:
    """A background response is cancelled while it streams."""
    await while_streaming(api, api.cancel, input=LONG, background=True, store=True, max_output_tokens=2000)


@scenario(needs={"background", "cancel", "streaming"})
async def cancelled_midway(api: Api) -> None:
    """A background response is cancelled while it streams, read, and cancelled once more.

    A run that plays few scenarios plays this one in place of the two above; a deep one plays them all.
    """
    streamed = await while_streaming(api, api.cancel, input=LONG, background=True, store=True, max_output_tokens=2000)
    await api.retrieve(streamed.id)
    await api.cancel(streamed.id)
