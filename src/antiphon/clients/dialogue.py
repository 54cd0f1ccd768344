"""Dialogues: requests of known clients in the form in which they were seen, one for all clients that send the same."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.contract.paths import spec_dir

MEASURED = "clients/measured"
"""Folder of `spec/` with what `python -m tools.clients` writes."""
MODEL = "$model"
"""Stands for the model of the target."""
REFERENCE = re.compile(r"\$(\d+)(/.*)")
"""Stands for a text of an earlier reply: the place of its call, from 0, and a JSON pointer into what it answered."""
PATH_REFERENCE = re.compile(r"\{(\d+)(/[^}]*)\}")


class ReplyLacksValue(Exception):
    """An earlier reply has nothing at the place from which a request takes a value."""

    def __init__(self, call: int, pointer: str) -> None:
        super().__init__(f"the reply to call {call + 1} has nothing at {pointer}, which the next call sends back")


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

    def path_with(self, replies: Sequence[Any]) -> str:
        """The path with the ids of earlier replies. Raises ReplyLacksValue."""
        return PATH_REFERENCE.sub(lambda found: _value(replies, int(found[1]), found[2]), self.path)

    def query_with(self, replies: Sequence[Any], model: str) -> dict[str, Any]:
        """The query likewise. Raises ReplyLacksValue."""
        return {name: _filled(value, replies, model) for name, value in self.query.items()}

    def body_with(self, replies: Sequence[Any], model: str) -> Any:
        """The body with the model and the values of earlier replies. Raises ReplyLacksValue."""
        return _filled(self.body, replies, model)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Requests that one or several clients send one after the other, each in the features that it is for."""

    id: str
    turns: tuple[DialogueTurn, ...]
    needs: frozenset[str]
    """The capabilities that it rests on and a server may decline."""
    clients: Mapping[str, tuple[str, ...]]
    """Features by client."""

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
    )


def most_telling(chosen: Collection[str], most_calls: int) -> tuple[Dialogue, ...]:
    """Dialogues of these clients, within so many calls: each time the one that shows most features per call."""
    left = {each.id: each for each in dialogues().values() if each.clients.keys() & set(chosen)}
    taken: list[Dialogue] = []
    shown: set[tuple[str, str]] = set()
    while left:
        news = {id: _features(each, chosen) - shown for id, each in left.items()}
        best = max(left.values(), key=lambda each: (len(news[each.id]) / len(each.turns), -len(each.turns), each.id))
        if not news[best.id]:
            break
        del left[best.id]
        if sum(len(each.turns) for each in taken) + len(best.turns) <= most_calls:
            taken.append(best)
            shown |= news[best.id]
    return tuple(taken)


def _features(dialogue: Dialogue, chosen: Collection[str]) -> set[tuple[str, str]]:
    return {(client, each) for client, features in dialogue.clients.items() if client in chosen for each in features}


def read_turn(value: Mapping[str, Any]) -> DialogueTurn:
    """The turn that was written so."""
    return DialogueTurn(
        value["method"], value["path"], value.get("query", {}), value.get("headers", {}), value.get("body"),
        value["status"], frozenset(value.get("makes", ())),
    )  # fmt: skip


def _filled(value: Any, replies: Sequence[Any], model: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, replies, model) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, replies, model) for each in value]
    if value == MODEL:
        return model
    found = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return _value(replies, int(found[1]), found[2]) if found else value


def _value(replies: Sequence[Any], call: int, pointer: str) -> str:
    value: Any = replies[call] if call < len(replies) else None
    for part in pointer.split("/")[1:]:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ReplyLacksValue(call, pointer) from None
    if not isinstance(value, str):
        raise ReplyLacksValue(call, pointer)
    return value
