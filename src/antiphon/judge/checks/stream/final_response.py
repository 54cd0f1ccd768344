"""The final response of a stream next to the items that its events brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from antiphon.contract.streams import tables
from antiphon.judge.checks.stream.item_events import FINISHED
from antiphon.judge.grammar.problems import quote_value
from antiphon.judge.grammar.stream_state import ItemState
from antiphon.judge.json_pointer import differences, same
from antiphon.judge.lifecycle_responses import terminal_responses
from antiphon.judge.memo import memoize
from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_analysis import analysis_of
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import is_text, violation_at
from antiphon.recording.fast_json import same_json

RENEWED = frozenset({"encrypted_content", "fingerprint"})
"""Fields that change with every event."""
ID_CONSTANT = "stream.item-id.constant"
DOUBTS = frozenset({"stream.output-index.contiguous", "stream.output-index.unique", "stream.item-id.unique"})


@dataclass
class OutputComparison:
    """Places of the done items in the final output."""

    event: int = 0
    whole: bool = False
    """All done items must be in it."""
    pairs: list[tuple[ItemState, int, Mapping[str, Any]]] = field(default_factory=list)
    renamed: list[tuple[ItemState, int, Mapping[str, Any]]] = field(default_factory=list)
    lost: list[ItemState] = field(default_factory=list)
    unknown: list[tuple[int, Any]] = field(default_factory=list)
    shifted: bool = False
    """Items without a done event stand in the output, so places cannot be told."""


@memoize
def _comparison(stream: Stream) -> OutputComparison:
    found = OutputComparison()
    output: Any = None
    for number, kind, response in terminal_responses(stream):
        found.event, output, found.whole = number, response.get("output"), kind != "response.failed"
    if not isinstance(output, list):
        return found
    items = [item for item in analysis_of(stream).items if item.done_at is not None and isinstance(item.done, dict)]
    undone = {item.id for item in analysis_of(stream).items if item.done_at is None}
    partly = any(item.partly for item in items)
    by_id = {item.id: item for item in items if item.id is not None}
    by_id |= {item.done["id"]: item for item in items if is_text(item.done.get("id"))}
    taken: set[int] = set()
    strays: list[tuple[int, Any]] = []
    for place, body in enumerate(output):
        id_ = body.get("id") if isinstance(body, dict) else None
        item = by_id.get(id_) if isinstance(id_, str) else None
        if isinstance(body, dict) and item is not None and item.number not in taken:
            taken.add(item.number)
            found.pairs.append((item, place, body))
        elif isinstance(id_, str) and id_ in undone:
            found.shifted = True
        else:
            strays.append((place, body))
    left = [item for item in items if item.number not in taken]
    _match_strays(found, left, strays)
    if begins_in_the_middle(stream) or partly:
        found.unknown.clear()
    return found


def begins_in_the_middle(stream: Stream) -> bool:
    """Items before the stream's first event cannot be known."""
    return stream.is_resumed and "response.created" not in analysis_of(stream).types


def _match_strays(comparison: OutputComparison, left: list[ItemState], strays: list[tuple[int, Any]]) -> None:
    """Pair items of unknown id by their place and type."""
    places = dict(strays)
    for item in left:
        body = places.get(item.index if item.index is not None else item.number)
        if isinstance(body, dict) and body.get("type") == item.done.get("type"):
            place = item.index if item.index is not None else item.number
            (comparison.renamed if is_text(item.done.get("id")) else comparison.pairs).append((item, place, body))
            del places[place]
        else:
            comparison.lost.append(item)
    comparison.unknown = sorted(places.items())


def _at(comparison: OutputComparison, place: int | str = "", pointer: str = "") -> str:
    return f"event {comparison.event} /response/output" + (f"/{place}" if place != "" else "") + pointer


def _has_items(stream: Stream) -> bool:
    found = _comparison(stream)
    return bool(found.pairs or found.renamed or found.lost or found.unknown)


@check("stream.final.output-equals-items", subject=Stream, applies=_has_items)
def output_equals_items(stream: Stream) -> Iterator[Violation]:
    """The final output holds the done items as they were done."""
    found = _comparison(stream)
    if found.whole:
        for item in found.lost:
            yield violation_at(_at(found), f"{item.name}, done in event {item.done_at}", "nothing of it")
    for place, body in found.unknown:
        yield violation_at(_at(found, place), "an item that was done before", body)
    renamed = {item.number for item, _, _ in found.renamed}
    for item, place, body in (*found.pairs, *found.renamed):
        if same_json(item.done, body):
            continue
        known = item.bad_places | _refused_elsewhere(item)
        if item.number in renamed or ID_CONSTANT in item.blamed:
            known |= {"/id"}
        told = (each for each in differences(item.done, body, RENEWED) if not _known(known, each.pointer))
        for pointer, before, after in islice(told, 8):
            yield Violation(
                _at(found, place, pointer),
                quote_value(before),
                quote_value(after),
                f"differs from event {item.done_at}",
            )


def _known(places: set[str], pointer: str) -> bool:
    """Another requirement has refused this place of the item already."""
    return any(pointer == bad or pointer.startswith(bad + "/") or bad.startswith(pointer + "/") for bad in places)


def _refused_elsewhere(item: ItemState) -> set[str]:
    """The places of the done item that differ from the added one, and a status that ends nothing."""
    # A status that is tolerated in a done item is another one in the final output.
    refused = {"/status"} if item.done.get("status") not in (None, *FINISHED) else set()
    if isinstance(item.added, dict) and item.type not in tables().tolerated["renamed_calls"]["types"]:
        kept = ("type", "call_id", "name", "role")
        refused |= {f"/{key}" for key in kept if key in item.added and not same(item.added[key], item.done.get(key))}
    return refused


def _pairs(stream: Stream) -> list[tuple[ItemState, int, Mapping[str, Any]]]:
    """The done items with their places in the final output."""
    return _comparison(stream).pairs


@check(
    "stream.output-index.is-place",
    subject=Stream,
    applies=lambda stream: _comparison(stream).whole and any(item.index is not None for item, *_ in _pairs(stream)),
)
def index_is_place(stream: Stream) -> Iterator[Violation]:
    """An item stands in the final output where its output_index says."""
    found = _comparison(stream)
    if (
        found.shifted
        or found.lost
        or found.unknown
        or any(each.requirement in DOUBTS for each in analysis_of(stream).problems)
    ):
        return
    for item, place, _ in found.pairs:
        if item.index is not None and item.index != place:
            yield violation_at(
                _at(found, place), f"the item of output_index {place}", f"{item.name} of output_index {item.index}"
            )


@check("stream.item-id.in-final", subject=Stream, applies=_has_items)
def id_in_final(stream: Stream) -> Iterator[Violation]:
    """The id of a done item is its id in the final output."""
    found = _comparison(stream)
    for item, place, body in found.renamed:
        yield violation_at(_at(found, place, "/id"), quote_value(item.done.get("id")), body.get("id"))


def _encrypted(stream: Stream) -> list[tuple[ItemState, int, Mapping[str, Any]]]:
    return [
        each for each in _pairs(stream) if each[0].type == "reasoning" and is_text(each[2].get("encrypted_content"))
    ]


@check("stream.encrypted-content.in-done", subject=Stream, applies=lambda stream: bool(_encrypted(stream)))
def encrypted_content_in_done(stream: Stream) -> Iterator[Violation]:
    """A reasoning item that ends with encrypted content has it when it is done."""
    for item, _, _ in _encrypted(stream):
        if not is_text(item.done.get("encrypted_content")):
            got = item.done.get("encrypted_content")
            yield violation_at(f"event {item.done_at} /item/encrypted_content", "a text, as in the final response", got)
