"""Hooks of the faults of a server, applied: its objects and streams as a client sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy

from antiphon.server.behaviour.fault import Fault, OutgoingReply
from antiphon.server.json_values import Event, Json
from antiphon.server.state.sealed_content import seal


class FaultHooks:
    """What goes out of a server with these faults."""

    faults: tuple[Fault, ...] = ()

    def seal_item(self, item: Json) -> Json:
        """An item as it goes out of a conversation: sealed anew, and a copy where a fault may change it."""
        result = deepcopy(item) if self.faults else item
        if result.get("encrypted_content") is True:
            return {**result, "encrypted_content": seal({"item": item["id"]})}
        return result

    def show_item(self, item: Json) -> Json:
        """An item as it goes out with a response."""
        result = self.seal_item(item)
        for fault in self.faults:
            if fault.item:
                result = fault.item(result)
        return result

    def show_response(self, response: Json) -> Json:
        """A response as it goes out: a snapshot."""
        if not self.faults:
            result = response.copy()
            result["output"] = [self.seal_item(item) for item in response["output"]]
            return result
        result = {key: value if key == "output" else deepcopy(value) for key, value in response.items()}
        result["output"] = [self.show_item(item) for item in response["output"]]
        for fault in self.faults:
            if fault.response:
                result = fault.response(result)
        return result

    def show_completion(self, completion: Json) -> Json:
        """A chat completion as it goes out."""
        result = deepcopy(completion) if self.faults else completion
        for fault in self.faults:
            if fault.completion:
                result = fault.completion(result)
        return result

    def alter_chunks(self, chunks: AsyncIterator[Json]) -> AsyncIterator[Json]:
        """The chunks of a chat stream with what the faults do to them."""
        for fault in self.faults:
            if fault.chunks:
                chunks = fault.chunks(chunks)
        return chunks

    def alter_chat_frames(self, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The frames of a completion as the faults send them."""
        for fault in self.faults:
            if fault.chat_frames:
                frames = fault.chat_frames(frames)
        return frames

    def alter_events(self, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
        """The events with what the faults do to them, numbered."""
        for fault in self.faults:
            if fault.events:
                events = fault.events(events)
        events = _number(events)
        for fault in self.faults:
            if fault.numbered:
                events = fault.numbered(events)
        return events

    async def deliver(self, batches: AsyncIterator[list[Event]]) -> AsyncIterator[list[Event]]:
        """The events of a log as the faults send them to the reader of a create, in the batches in which they came."""
        changes = [fault.delivery for fault in self.faults if fault.delivery]
        if not changes:
            async for batch in batches:
                yield batch
            return
        events = _flatten(batches)
        for change in changes:
            events = change(events)
        async for event in events:
            yield [event]

    def alter_frames(self, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The frames of a stream as the faults send them."""
        for fault in self.faults:
            if fault.frames:
                frames = fault.frames(frames)
        return frames

    def alter_reply(self, reply: OutgoingReply) -> OutgoingReply:
        """A reply as the faults send it."""
        for fault in self.faults:
            if fault.reply:
                reply = fault.reply(reply)
        return reply


async def _number(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        yield {"type": event["type"], "sequence_number": number} | event
        number += 1


async def _flatten(batches: AsyncIterator[list[Event]]) -> AsyncIterator[Event]:
    async for batch in batches:
        for event in batch:
            yield event
