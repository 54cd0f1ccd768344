"""Dialogues: requests of known clients in the form in which they were seen, one for all clients that send the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.clients.kind import kind_of
from antiphon.clients.references import align_items, fill, fill_path
from antiphon.contract.model import Edition
from antiphon.contract.paths import spec_dir

MEASURED = "clients/measured"
"""Folder of `spec/` with what `python -m tools.clients` writes."""


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """One request of a dialogue, and what a right server answers: a status, and output items of these types."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int
    makes: frozenset[str]

    @property
    def is_refused(self) -> bool:
        """A right server refuses it."""
        return self.status >= 400

    def kinds(self, edition: Edition) -> list[str]:
        """The kind of its call; none where it is refused or opens a connection."""
        if self.is_refused or self.status == 101:
            return []
        operation = edition.operation(self.method, self.path)
        return [kind_of(operation, self.method, self.body, self.query, self.makes)]

    def path_with(self, replies: Sequence[Any]) -> str:
        """The path with the ids of earlier replies. Raises ReplyLacksValue."""
        return fill_path(self.path, replies)

    def query_with(self, replies: Sequence[Any], model: str) -> dict[str, Any]:
        """The query likewise. Raises ReplyLacksValue."""
        return {name: fill(value, replies, model) for name, value in self.query.items()}

    def body_with(self, replies: Sequence[Any], model: str) -> Any:
        """The body with the model and the values of earlier replies. Raises ReplyLacksValue."""
        body = self.body
        if isinstance(body, dict) and isinstance(items := body.get("input"), list):
            body = {**body, "input": align_items(items, replies)}
        return fill(body, replies, model)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Requests that one or several clients send one after the other, each in the features that it is for."""

    id: str
    turns: tuple[DialogueTurn, ...]
    needs: frozenset[str]
    """The capabilities that it rests on and a server may decline."""
    clients: Mapping[str, tuple[str, ...]]
    """Features by client; those too that a beginning of it shows."""
    lengths: Mapping[tuple[str, str], int]
    """By client and feature, of how many turns each is, where the client sends no more than the first ones for it."""

    def turns_for(self, client: str, feature: str) -> tuple[DialogueTurn, ...]:
        """The turns that a client sends for a feature."""
        return self.turns[: self.lengths.get((client, feature))]

    @property
    def is_socket(self) -> bool:
        """Its first request opens a WebSocket, on which the others are sent."""
        return self.turns[0].status == 101


@cache
def dialogues() -> Mapping[str, Dialogue]:
    """All dialogues by id."""
    path = spec_dir() / MEASURED / "dialogues.json"
    return {each["id"]: _dialogue(each) for each in json.loads(path.read_text(encoding="utf-8"))}


def dialogues_of(client: str) -> tuple[Dialogue, ...]:
    """The dialogues that a client has."""
    return tuple(each for each in dialogues().values() if client in each.clients)


def _dialogue(value: Mapping[str, Any]) -> Dialogue:
    return Dialogue(
        value["id"],
        tuple(read_turn(each) for each in value["turns"]),
        frozenset(value["needs"]),
        {client: tuple(features) for client, features in value["clients"].items()},
        {
            (client, feature): length
            for client, lengths in value.get("lengths", {}).items() for feature, length in lengths.items()
        },
    )  # fmt: skip


def most_telling(chosen: Collection[str], most_calls: int) -> tuple[Dialogue, ...]:
    """Dialogues of these clients, within so many calls: each time the one that shows most features per call."""
    left = _of_clients(chosen)
    taken: list[Dialogue] = []
    shown: set[tuple[str, str]] = set()
    while left:
        news = {id: _features(each, chosen) - shown for id, each in left.items()}
        best = max(left.values(), key=lambda each: (len(news[each.id]) / len(each.turns), -len(each.turns), each.id))
        if not news[best.id]:
            break
        del left[best.id]
        if calls_of(taken) + len(best.turns) <= most_calls:
            taken.append(best)
            shown |= news[best.id]
    return tuple(taken)


def as_many_as_fit(chosen: Collection[str], most_calls: int) -> tuple[Dialogue, ...]:
    """The dialogues of these clients that tell most, then others, the shortest first, as many as so many calls hold."""
    taken = list(most_telling(chosen, most_calls))
    for each in sorted(_of_clients(chosen).values(), key=lambda each: (len(each.turns), each.id)):
        if each not in taken and calls_of(taken) + len(each.turns) <= most_calls:
            taken.append(each)
    return tuple(taken)


def calls_of(taken: Iterable[Dialogue]) -> int:
    """The number of calls of dialogues."""
    return sum(len(each.turns) for each in taken)


def _of_clients(chosen: Collection[str]) -> dict[str, Dialogue]:
    return {each.id: each for each in dialogues().values() if each.clients.keys() & set(chosen)}


def _features(dialogue: Dialogue, chosen: Collection[str]) -> set[tuple[str, str]]:
    return {(client, each) for client, features in dialogue.clients.items() if client in chosen for each in features}


def read_turn(value: Mapping[str, Any]) -> DialogueTurn:
    """The turn that was written so."""
    return DialogueTurn(
        value["method"], value["path"], value.get("query", {}), value.get("headers", {}), value.get("body"),
        value["status"], frozenset(value.get("makes", ())),
    )  # fmt: skip
