"""The mutations of right replies: out of what was recorded, each member of each kind of object, and each type of event.

None is typed by hand, but for the ways in which a value, an event, a frame or a head can be changed at all. What
clients choked on wherever it stands is changed in each of its places alone, too.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.clients.changes import (
    BODIES,
    BODY,
    EVENT,
    EVENTS,
    FRAMES,
    HEAD,
    LATE_FRAMES,
    LINES,
    MORE_FRAMES,
    objects_in,
    place_of,
)
from tools.clients.recording import Call, events_in
from tools.clients.replay import ID

from antiphon.clients.mutation import Mutation

MOST_WORDS = 12
"""Values up to which the texts of a member are words of the protocol, and not of a user."""
LONGEST_WORD = 24
SHARED = 4
"""Types of events from which on a member that they have is one of events of every type."""
DEEPEST = 2
"""Objects without a type that lie in one another, down to which they are changed."""
FEWEST_CLIENTS = 2
"""Clients that must get what is changed."""
TEXT, WORD, IDENTIFIER = "text", "word", "id"
CHANGES: Mapping[str, tuple[str, ...]] = {
    WORD: ("absent", "null", "number", "text"),
    IDENTIFIER: ("absent", "null", "number", "empty", "other"),
    TEXT: ("absent", "null", "object", "empty", "longer", "shorter"),
    "number": ("absent", "null", "text", "zero", "negative", "fraction", "other"),
    "truth": ("absent", "null", "text", "other"),
    "list": ("absent", "null", "text", "object", "empty", "repeated"),
    "object": ("absent", "null", "text", "list", "empty", "zeros"),
    "null": ("absent", "text", "object"),
}
"""How a member is changed, by the kind of value that it has."""
STATUSES = ("201", "202", "206")
Key = tuple[str, str]


@dataclass
class Seen:
    """What was recorded of one member of one kind of object."""

    kinds: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def add(self, value: Any, case: str, place: str) -> None:
        """Note a value."""
        self.kinds.add(_kind_of(value))
        self.cases.add(case)
        self.places |= {place} - {""}
        if isinstance(value, str) and len(self.texts) <= MOST_WORDS:
            self.texts.add(value)

    @property
    def changes(self) -> list[str]:
        """The ways in which it is changed."""
        kinds = {self._kind_of_text() if kind == TEXT else kind for kind in self.kinds}
        kinds = kinds - {"null"} or kinds
        return list(dict.fromkeys(change for kind in sorted(kinds) for change in CHANGES[kind]))

    def _kind_of_text(self) -> str:
        if any(map(ID.search, self.texts)):
            return IDENTIFIER
        is_word = len(self.texts) <= MOST_WORDS and all(re.fullmatch(r"[\w.-]{1,40}", each) for each in self.texts)
        return WORD if is_word else TEXT


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    return next(
        name for kind, name in ((bool, "truth"), (str, TEXT), (list, "list"), (dict, "object"), (object, "number"))
        if isinstance(value, kind)
    )  # fmt: skip


@dataclass
class Grid:
    """What the right replies hold, and the mutations that come of it, each with the cases that get what is changed."""

    members: dict[Key, Seen] = field(default_factory=lambda: defaultdict(Seen))
    events: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By type of event, how many of it a case gets at most in one call."""
    heads: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bodies: set[str] = field(default_factory=set)
    streams: set[str] = field(default_factory=set)

    def add(self, call: Call) -> None:
        """Note a call."""
        if call.is_socket:
            self._add_events(call.case, [json.loads(text) for who, text in call.messages if who == "server"])
        elif call.media_type.startswith("text/event-stream"):
            self.streams.add(call.case)
            self._add_events(call.case, list(events_in(call.received)))
        elif call.reply is not None:
            self.bodies |= {call.case} if call.status < 300 else set()
            self._add_members(call.case, call.reply, "")
        for name in call.reply_headers:
            self.heads[name].add(call.case)

    def _add_events(self, case: str, events: Sequence[Any]) -> None:
        for type, count in Counter(str(each.get("type")) for each in events).items():
            self.events[type][case] = max(count, self.events[type][case])
        for event in events:
            self._add_members(case, event, place_of(str(event.get("type"))))

    def _add_members(self, case: str, value: Any, place: str) -> None:
        for kind, each in objects_in(value):
            for member, content in each.items():
                self.members[kind, member].add(content, case, place)

    def shared_members(self) -> dict[str, Seen]:
        """Members of events of many types, as one."""
        found: dict[str, Seen] = defaultdict(Seen)
        tally: Counter[str] = Counter()
        for (kind, member), seen in self.members.items():
            if kind in self.events:
                tally[member] += 1
                whole = found[member]
                whole.kinds |= seen.kinds
                whole.texts |= seen.texts
                whole.cases |= seen.cases
        return {member: seen for member, seen in found.items() if tally[member] >= SHARED}

    def mutations(self, choking: Collection[str] = (), fewest: int = FEWEST_CLIENTS) -> dict[Mutation, set[str]]:
        """All that come of it and reach so many clients, by the cases that get what is changed.

        By place are those alone that clients were measured to choke on.
        """
        found: dict[Mutation, set[str]] = {}
        shared = self.shared_members()
        for (kind, member), seen in self.members.items():
            is_own = kind not in self.events or member not in shared
            if is_own and (kind in self.events or kind.count(".") <= DEEPEST):
                found |= {Mutation(kind, member, change): seen.cases for change in seen.changes}
        for member, seen in shared.items():
            found |= {Mutation(EVENT, member, change): seen.cases for change in seen.changes}
        found |= dict(self._of_events())
        found |= {Mutation(BODY, "", change): self.bodies for change in (*BODIES, "cut")}
        frames = (*LINES, *MORE_FRAMES, *LATE_FRAMES, "unended", "ended", "cut")
        found |= {Mutation(FRAMES, "", change): self.streams for change in frames}
        found |= dict(self._of_heads())
        for mutation in [each for each in found if str(each) in choking]:
            found |= dict(self._by_place(mutation))
        return {mutation: cases for mutation, cases in found.items() if count_clients(cases) >= fewest}

    def _by_place(self, mutation: Mutation) -> Iterator[tuple[Mutation, set[str]]]:
        seen = self.members.get((mutation.subject, mutation.member))
        if seen and mutation.subject not in self.events and len(seen.places) > 1:
            for place in sorted(seen.places):
                yield mutation._replace(place=place), seen.cases - self.bodies | seen.cases & self.streams

    def differs_with_tools(self, mutation: Mutation) -> bool:
        """What it changes is of another kind, or in another place, where a tool is called."""
        if mutation.subject in (BODY, FRAMES, HEAD):
            return False
        is_of_response = re.match(r"response\b", mutation.subject) and mutation.subject not in self.events
        return not is_of_response or "list" in self.members[mutation.subject, mutation.member].kinds

    def _of_events(self) -> Iterator[tuple[Mutation, set[str]]]:
        for type, counts in self.events.items():
            for change in EVENTS:
                if change != "last-lost" or max(counts.values()) > 1:
                    yield Mutation(type, "", change), set(counts)

    def _of_heads(self) -> Iterator[tuple[Mutation, set[str]]]:
        answered = self.bodies | self.streams
        for status in STATUSES:
            yield Mutation(HEAD, "status", status), answered
        for name, cases in self.heads.items():
            member = name.replace("-", "_")
            changes = ("absent", "plain", "empty") if name == "content-type" else ("absent",)
            yield from ((Mutation(HEAD, member, change), cases & answered) for change in changes)


def count_clients(cases: Iterable[str]) -> int:
    """How many clients have these cases."""
    return len({name.partition(": ")[0] for name in cases})


def grid_of(cases: Mapping[str, Sequence[Call]]) -> Grid:
    """The grid of recorded cases."""
    grid = Grid()
    for calls in cases.values():
        for call in calls:
            grid.add(call)
    return grid
