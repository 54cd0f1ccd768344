"""Journeys of a user: a few calls that belong together, as real clients make them.

Each journey is a generator that yields calls and is sent their exchanges; it does no I/O. Every request holds a word
that no other request holds, so that whatever is mixed up can be recognised.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from antiphon.contract.model import Contract
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.frame import Frame

KEY = "soak"
"""The key of the metadata that holds the word of a request."""
WORD = re.compile(r"soak[0-9a-f]{12}")
MOST_OUTPUT = 96
"""Tokens of an answer at most: a word and the JSON around it."""


@dataclass(frozen=True)
class JourneyCall:
    """A request of a journey, and the capabilities on which it rests."""

    request: Request
    needs: frozenset[str]
    until: Callable[[Frame], bool] | None = None


Steps = Generator[JourneyCall, Exchange, None]


@dataclass
class Author:
    """Writes the requests of journeys for one target."""

    contract: Contract
    model: str
    cleans: bool = True
    """What is stored is deleted at the end of a journey."""
    formats: bool = True
    """The target takes structured output, by which a model is held to its word."""
    lists: bool = True
    """The target lists the input of a response."""

    def create(self, *, needs: Collection[str] = (), until: Callable[[Frame], bool] | None = None,
               formatted: bool = False, **body: Any) -> JourneyCall:  # fmt: skip
        """A create with a word of its own."""
        word = f"soak{secrets.token_hex(6)}"
        text = {"type": "input_text", "text": f"Reply with the word {word} and nothing else."}
        body = {
            "model": self.model, "input": [{"type": "message", "role": "user", "content": [text]}],
            "metadata": {KEY: word}, "max_output_tokens": MOST_OUTPUT, **body,
        }  # fmt: skip
        if formatted and self.formats:
            body["text"] = {"format": _format(word)}
            needs = {*needs, "structured-output"}
        return self.call("create", needs, until, body=body)

    def call(self, operation: str, needs: Collection[str], until: Callable[[Frame], bool] | None = None,
             body: Any = None, **ids: str) -> JourneyCall:  # fmt: skip
        """An operation by its route in the edition."""
        route = self.contract.edition.routes[operation]
        return JourneyCall(Request(route.method, route.path.format(**ids), body=body), frozenset(needs), until)

    def delete(self, *responses: Exchange) -> Steps:
        """Delete what is stored, the newest first."""
        for exchange in reversed(responses):
            if self.cleans and (made := id_of(exchange)):
                yield self.call("delete", {"store"}, response_id=made)


def _format(word: str) -> dict[str, Any]:
    """A format that allows one answer: the word."""
    schema = {
        "type": "object", "properties": {"word": {"type": "string", "enum": [word]}}, "required": ["word"],
        "additionalProperties": False,
    }  # fmt: skip
    return {"type": "json_schema", "name": "word", "schema": schema, "strict": True}


def id_of(exchange: Exchange) -> str:
    """The id of the response that an exchange made; empty where it made none."""
    reply = exchange.reply
    made = reply.get("id") if exchange.is_success and isinstance(reply, dict) else None
    return made if isinstance(made, str) else ""


def word_of(exchange: Exchange) -> str:
    """The word of a create; empty for other exchanges."""
    sent = exchange.sent
    metadata = sent.get("metadata") if isinstance(sent, dict) else None
    return str(metadata.get(KEY, "")) if isinstance(metadata, dict) else ""


def create(author: Author) -> Steps:
    """A response as JSON."""
    yield author.create(store=False, formatted=True)


def stream(author: Author) -> Steps:
    """A response as a stream."""
    yield author.create(needs={"streaming"}, stream=True, store=False, formatted=True)


def read(author: Author) -> Steps:
    """A stream whose response is read, and whose input is listed, as soon as it has ended."""
    made = yield author.create(needs={"streaming", "store"}, stream=True, store=True, formatted=True)
    if id := id_of(made):
        yield author.call("retrieve", {"store"}, response_id=id)
        if author.lists:
            yield author.call("input_items", {"store", "input-items"}, response_id=id)
    yield from author.delete(made)


def chain(author: Author) -> Steps:
    """A response, and a stream that continues it."""
    root = yield author.create(needs={"store"}, store=True)
    child = None
    if id := id_of(root):
        needs = {"store", "streaming", "chaining"}
        child = yield author.create(needs=needs, stream=True, store=True, previous_response_id=id)
    yield from author.delete(*filter(None, (root, child)))


def cancel(author: Author) -> Steps:
    """A response in the background, which is cancelled and then read."""
    made = yield author.create(needs={"background", "store"}, background=True, store=True)
    if id := id_of(made):
        yield author.call("cancel", {"background", "cancel"}, response_id=id)
        yield author.call("retrieve", {"store"}, response_id=id)
    yield from author.delete(made)


def leave(author: Author) -> Steps:
    """A stream whose reader hangs up at the first piece of text."""

    def has_text(frame: Frame) -> bool:
        return isinstance(frame.json, dict) and str(frame.json.get("type")).endswith(".delta")

    yield author.create(needs={"streaming"}, until=has_text, stream=True, store=False)


Journey = Callable[[Author], Steps]
JOURNEYS: Mapping[str, Journey] = MappingProxyType(
    {"create": create, "stream": stream, "read": read, "chain": chain, "cancel": cancel, "leave": leave}
)
"""By name, in the order in which each user makes them."""
ROUTES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "read": frozenset({"retrieve", "input_items", "delete"}),
        "chain": frozenset({"delete"}),
        "cancel": frozenset({"cancel", "retrieve", "delete"}),
    }
)
"""The operations besides create that a journey calls."""


def playable(contract: Contract) -> dict[str, Journey]:
    """The journeys whose operations the edition has."""
    routes = contract.edition.routes
    return {name: each for name, each in JOURNEYS.items() if ROUTES.get(name, frozenset()) <= routes.keys()}
