"""Times in replies: seconds, not milliseconds. Those of responses and completions have requirements of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.judge.checks.chat.stream import chunks
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.chat import ChatStream
from antiphon.judge.subjects.responses import Item, Success
from antiphon.judge.values import YEAR_5138, a_dict, is_number, objects, violation_at

ELSEWHERE = {"response": frozenset({"created_at", "completed_at"}), "chat.completion": frozenset({"created"})}
"""Times that other requirements judge, by the object that they belong to."""
SECONDS = "seconds since 1970"


def _times(value: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an object that are times, as numbers."""
    names = [name for name in value if name[-3:] == "_at" or name == "created"]
    return {name: value[name] for name in names if is_number(value[name])}


def _objects(success: Success) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The object of a reply, those of a list, and those inside them that have times of their own."""
    body = a_dict(success.body)
    own = [("", body), *((f"/data/{number}", each) for number, each in enumerate(objects(body.get("data"))))]
    for at, value in own:
        yield at, value
        yield from ((f"{at}/{name}", each) for name, each in value.items() if isinstance(each, dict))


def _times_of(success: Success) -> list[tuple[str, Any]]:
    """Place and value of each time."""
    return [
        (f"{at}/{name}", time)
        for at, value in _objects(success)
        for name, time in _times(value).items()
        if name not in ELSEWHERE.get(str(value.get("object")), ())
    ]


def _too_late(times: Iterable[tuple[str, Any]]) -> Iterator[Violation]:
    for at, time in times:
        if abs(time) >= YEAR_5138:
            yield violation_at(at, SECONDS, time, "milliseconds, or less")


@check("answers.times-in-seconds", subject=Success, applies=lambda success: bool(_times_of(success)))
def times_in_seconds(success: Success) -> Iterator[Violation]:
    """Times are seconds since 1970."""
    yield from _too_late(_times_of(success))


@check("answers.times-in-seconds", subject=Item, applies=lambda item: item.source != "list" and bool(_times(item.body)))
def item_times_in_seconds(item: Item) -> Iterator[Violation]:
    """The times of an item are seconds since 1970."""
    yield from _too_late((item.at(f"/{name}"), time) for name, time in _times(item.body).items())


@check("answers.times-in-seconds", subject=ChatStream, applies=lambda stream: bool(chunks(stream)))
def chunk_times_in_seconds(stream: ChatStream) -> Iterator[Violation]:
    """The time of a chunk is in seconds since 1970."""
    number, chunk = chunks(stream)[0]
    yield from _too_late((f"event {number} /{name}", time) for name, time in _times(chunk).items())
