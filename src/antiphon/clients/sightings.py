"""Sightings: what replies show of what known clients do, by dialogue and by kind of call. They add up in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.clients.contents import unfit_contents
from antiphon.clients.dialogue import DialogueTurn, dialogues
from antiphon.clients.kind import kind_of
from antiphon.clients.trait import (
    ACCEPTED,
    CUT,
    LACKING,
    NO_ANSWER,
    OTHER_STATUS,
    REFUSED,
    STREAMED,
    UNSTREAMED,
    Trait,
    parse_trait,
    trait_of,
)  # fmt: skip
from antiphon.contract.model import Edition
from antiphon.judge.operations import UNKNOWN, operation_of
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import RETRIED, Exchange

FAMILY = "client_dialogue"
"""The scenario that plays dialogues; its cases are their ids."""
MOST_TRAITS = 60
"""Traits that are kept of one kind or one call; a reply with more is wrong beyond telling."""
MOST_VIOLATIONS = 20
"""Violations of one requirement in one exchange that are looked at."""
NEVER_DONE = Trait("stream.item.done-for-added", "", "the end of the", "completed")
"""The trait of a stream that adds an item and does not end it, as measured."""
WARM_UP, LANE_ECHO = Trait("websocket.warm-up"), Trait("websocket.lane-echo")
"""Traits of requirements that no single exchange is judged by: a request of a client shows them all the same."""
CREATE = "/responses"
"""Path of the requests whose answers are new messages; what others hold of them is up to the server."""
Found = Mapping[str, Sequence[Violation]]


@dataclass
class SeenReplies:
    """How often it was seen, and what was wrong with it: traits, each with the first exchange that has it."""

    seen: int = 0
    traits: dict[str, str] = field(default_factory=dict)

    def add_trait(self, trait: Trait, exchange: str) -> None:
        """Note what is wrong with a reply."""
        text = str(trait)
        self.traits[text] = min(self.traits.get(text, exchange), exchange)
        if len(self.traits) > MOST_TRAITS:  # the same are kept whatever the order in which they were seen
            del self.traits[max(self.traits)]

    def add(self, other: SeenReplies) -> None:
        """Take over what others saw."""
        self.seen += other.seen
        for text, exchange in other.traits.items():
            self.add_trait(parse_trait(text), exchange)


@dataclass
class ClientSightings:
    """Sightings by kind of call, and by call of each dialogue: `DIALOGUE/1` is its first."""

    kinds: dict[str, SeenReplies] = field(default_factory=dict)
    calls: dict[str, SeenReplies] = field(default_factory=dict)

    def see(self, exchange: Exchange, found: Found, edition: Edition) -> None:
        """Note an exchange and what was found in it."""
        if RETRIED in exchange.notes or exchange.request is None:
            return
        if call := dialogue_call(exchange.id):
            self._note(self.calls.setdefault(call, SeenReplies()), exchange, found, turn_of(call))
        operation = operation_of(exchange, edition)
        is_wanted = exchange.is_success and (exchange.intent is None or exchange.intent.expects_success)
        if operation != UNKNOWN and is_wanted:
            request = exchange.request
            name = kind_of(operation, request.method, request.body, dict(request.query), _types_of_items(exchange))
            self._note(self.kinds.setdefault(name, SeenReplies()), exchange, found, None)

    def _note(self, sighting: SeenReplies, exchange: Exchange, found: Found, turn: DialogueTurn | None) -> None:
        sighting.seen += 1
        for trait in shown_traits(exchange, turn) if turn else ():
            sighting.add_trait(trait, exchange.id)
        for requirement, violations in found.items():
            for violation in violations[:MOST_VIOLATIONS]:
                sighting.add_trait(trait_of(requirement, violation, exchange), exchange.id)

    def see_relation(self, requirement: str, violations: Sequence[Violation]) -> None:
        """Note what was found between exchanges, where it lies in a dialogue."""
        for violation in violations:
            if call := dialogue_call(violation.exchange):
                self.calls.setdefault(call, SeenReplies()).add_trait(
                    trait_of(requirement, violation), violation.exchange
                )

    def add(self, other: ClientSightings) -> None:
        """Take over what others saw."""
        for mine, others in ((self.kinds, other.kinds), (self.calls, other.calls)):
            for name, sighting in others.items():
                mine.setdefault(name, SeenReplies()).add(sighting)


def is_dialogue(scenario: str) -> bool:
    """The scenario plays a dialogue of clients."""
    return scenario.startswith(f"{FAMILY}[")


def dialogue_call(exchange: str) -> str:
    """The call of a dialogue that an exchange is, by its id; empty where it is none."""
    head, _, step = exchange.rpartition("/")
    return f"{head[len(FAMILY) + 1 : -1]}/{step}" if head.startswith(f"{FAMILY}[") and step.isdecimal() else ""


def turn_of(call: str) -> DialogueTurn | None:
    """The turn that a call plays; None where there is no such dialogue any more."""
    name, _, step = call.rpartition("/")
    dialogue = dialogues().get(name)
    place = int(step) - 1
    return dialogue.turns[place] if dialogue and place < len(dialogue.turns) else None


def is_accepted(exchange: Exchange) -> bool:
    """The request was taken: by its status, or over a socket by a response that came of it."""
    return isinstance(exchange.reply, dict) if exchange.is_socket else exchange.is_success


def shown_traits(exchange: Exchange, turn: DialogueTurn) -> list[Trait]:
    """What is wrong with the reply to a turn by its status, its end and its output items."""
    if exchange.response is None or exchange.status is None:
        return [Trait(NO_ANSWER)]
    if turn.status == 101:
        return [] if exchange.status == 101 else [Trait(REFUSED)]
    if turn.is_refused:
        return _traits_of_refusal(exchange, turn)
    if not is_accepted(exchange):
        return [Trait(REFUSED)]
    if exchange.failure is not None or not exchange.response.complete:
        return [Trait(CUT)]
    if exchange.is_stream and not _asks_for_events(turn):
        return [Trait(STREAMED)]
    if _asks_for_events(turn) and not exchange.is_stream and isinstance(exchange.reply, dict):
        return [Trait(UNSTREAMED)]
    return _traits_of_output(exchange, turn)


def _traits_of_refusal(exchange: Exchange, turn: DialogueTurn) -> list[Trait]:
    if exchange.is_socket:
        return [Trait(ACCEPTED)] if is_accepted(exchange) else []
    if not exchange.is_client_error:
        return [Trait(ACCEPTED)]
    return [] if exchange.status == turn.status else [Trait(OTHER_STATUS)]


def _asks_for_events(turn: DialogueTurn) -> bool:
    body = turn.body if isinstance(turn.body, dict) else {}
    return turn.method != "WS" and (body.get("stream") is True or turn.query.get("stream") == "true")


def _traits_of_output(exchange: Exchange, turn: DialogueTurn) -> list[Trait]:
    types = _types_of(shown_items(exchange))
    sent = turn.body if turn.method == "WS" and isinstance(turn.body, dict) else {}
    if sent.get("generate") is False:
        return [WARM_UP] if types else []
    lane = sent.get("stream_id")
    lost = [LANE_ECHO] if lane and any(each.get("stream_id") != lane for each in exchange.events) else []
    spared = {"reasoning"} if turn.path == CREATE else {"reasoning", "message"}
    lacking = [Trait(LACKING + each) for each in sorted(turn.makes - types - spared)]
    return [*lost, *lacking, *_never_done(exchange), *unfit_contents(exchange)]


def _never_done(exchange: Exchange) -> list[Trait]:
    """What a stream shows that ends with items of which no event told: to a client as one that never ends them."""
    if not exchange.is_stream or not isinstance(exchange.reply, dict) or not exchange.reply.get("output"):
        return []
    types = _types_of(exchange.events)
    return [NEVER_DONE] if not types & {"response.output_item.added", "response.output_item.done"} else []


def _types_of(values: Iterable[Mapping[str, Any]]) -> set[str]:
    """The types of items or events; what is no text is no type."""
    return {each["type"] for each in values if isinstance(each.get("type"), str)}


def _types_of_items(exchange: Exchange) -> Iterator[Any]:
    """The types of the items that a reply shows, which is looked at only where it is asked for."""
    for each in shown_items(exchange):
        yield each.get("type")


def shown_items(exchange: Exchange) -> list[dict[str, Any]]:
    """The output items that a reply shows: in its response, or done in its stream."""
    reply = exchange.reply
    output = reply.get("output") if isinstance(reply, dict) else None
    items = list(output) if isinstance(output, list) else []
    if exchange.is_stream or exchange.is_socket:
        items += [each.get("item") for each in exchange.events if each.get("type") == "response.output_item.done"]
    return [each for each in items if isinstance(each, dict)]
