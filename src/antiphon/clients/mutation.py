"""Mutations: systematic changes of right replies, which clients were played beside the faults of the reference server.

A name says what is changed, how, and where alone: `~function_call.name=absent@added`, `~response.completed=lost`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MARK = "~"
"""Begins the name of a mutation, so that it is told from a fault of the catalogue."""
_NAME = re.compile(rf"{MARK}(?P<subject>[\w.-]+?)(?:/(?P<member>\w+))?=(?P<change>[\w-]+)(?:@(?P<place>\w+))?")
_PLACES = {
    "added": "in an item that is added", "done": "in an item that is done", "part_added": "in a part that is added",
    "part_done": "in a part that is done", "early": "before the response has ended",
    "final": "in the response that has ended",
}  # fmt: skip
_WHOLES = {"body": "the body", "frames": "each frame"}
_WORDS = {
    "absent": "is absent", "null": "is null", "number": "is a number", "text": "is another text", "truth": "is true",
    "list": "is a list", "object": "is an object", "empty": "is empty", "other": "has another value",
    "longer": "is longer", "shorter": "is shorter", "zero": "is zero", "negative": "is negative",
    "fraction": "is a fraction", "repeated": "has its first entry twice", "zeros": "has zero for every number",
    "lost": "does not come",
    "last-lost": "does not come the last time", "twice": "comes twice", "moved": "comes one place later",
}  # fmt: skip


class Mutation(NamedTuple):
    """What is changed: a member of a kind of object, a type of event, or how the reply is sent."""

    subject: str
    """The type of an object, or where it has none the members that lead to it; or `body`, `frames`, `head`."""
    member: str
    change: str
    place: str = ""

    def __str__(self) -> str:
        member, place = self.member and f"/{self.member}", self.place and f"@{self.place}"
        return f"{MARK}{self.subject}{member}={self.change}{place}"

    @property
    def says(self) -> str:
        """In words what is so in the reply."""
        what = f"{self.subject}.{self.member}" if self.member else _WHOLES.get(self.subject, self.subject)
        change = self.change if self.member else f"changed: {self.change.replace('-', ' ')}"
        return " ".join(filter(None, (what, _WORDS.get(self.change, f"is {change}"), _PLACES.get(self.place, ""))))


def is_mutation(name: str) -> bool:
    """It names a mutation, and no fault of the catalogue."""
    return name.startswith(MARK)


def parse_mutation(name: str) -> Mutation:
    """The mutation of a name; ValueError where it is none."""
    if not (found := _NAME.fullmatch(name)):
        raise ValueError(f"{name!r} is not the name of a mutation.")
    return Mutation(found["subject"], found["member"] or "", found["change"], found["place"] or "")


def example_of(name: str) -> str:
    """What a client was played with, in words: a fault by its name, a mutation by what it changes."""
    return f"where {parse_mutation(name).says}" if is_mutation(name) else f"with the fault {name}"
