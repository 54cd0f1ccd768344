"""Examples of requirements about order and sums, generated from the tables of `spec/streams.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.streams import BlockRow, StateMachine, SumRow, tables
from antiphon.explain.example import Example

ADDED_EVENT, DONE_EVENT = "response.output_item.added", "response.output_item.done"


def stream_example(requirement: str) -> Example | None:
    """The example of a requirement in these tables; None for any other."""
    return _of_sums(requirement) or _of_items(requirement) or _of_blocks(requirement)


def walk(machine: StateMachine) -> list[str]:
    """Events from the start of a machine to an end, through as many states as there are."""
    state, seen, found = machine.start, {machine.start}, list[str]()
    while True:
        stays = next((event for event, to in machine.states[state].items() if to == state), None)
        if stays:
            found.append(stays)
        step = next(((event, to) for event, to in machine.states[state].items() if to not in seen), None)
        if step is None:
            return found
        event, state = step
        found.append(event)
        seen.add(state)


def accepts(machine: StateMachine, events: list[str]) -> bool:
    """Whether a state machine accepts these events and may end after them."""
    state = machine.start
    for event in events:
        if event not in machine.states[state]:
            return False
        state = machine.states[state][event]
    return state in machine.ends


def _of_items(requirement: str) -> Example | None:
    for row in tables().items.values():
        if row.machine is None or requirement not in (row.machine.order, row.machine.unfinished):
            continue
        good = walk(row.machine)
        stray = ["response.output_text.delta"] if not good else good[1:]
        swapped = [*good[:-2], good[-1], good[-2]] if len(good) > 1 else stray
        wrong = [good[:-1], swapped, stray] if requirement == row.machine.unfinished else [swapped, stray, good[:-1]]
        for bad in wrong:
            if not accepts(row.machine, bad):
                return _framed(row.type, good, bad)
    return None


def _framed(type: str, good: list[str], bad: list[str]) -> Example:
    head, tail = f"{ADDED_EVENT} ({type})", f"{DONE_EVENT} ({type})"
    return Example([head, *good, tail], [head, *bad, tail], "made")


def _of_blocks(requirement: str) -> Example | None:
    for row in tables().blocks.values():
        for name, machine in row.kinds.items():
            if requirement in (machine.order, machine.unfinished, *row.overlap.values()):
                inner = walk(machine)
                whole = _block(row, inner)
                turned = _block(row, inner[::-1]) if len(inner) > 1 else whole[::-1]
                return Example(whole, turned, "made")
            for fault, blamed in row.blame.items():
                whole = _block(row, walk(machine))
                spoiled = _spoiled(row, whole, fault, name)
                if blamed == requirement and spoiled != whole:
                    return Example(whole, spoiled, "made")
    return None


def _block(row: BlockRow, inner: list[str]) -> list[Any]:
    events = [*([row.opens] if row.opens else []), *inner, row.closes]
    return [{"type": event, row.index: 0} for event in events]


def _spoiled(row: BlockRow, good: list[Mapping[str, Any]], fault: str, kind: str) -> list[Any]:
    """The events of a block with one thing wrong, as the tables name it."""
    first, rest, index = good[0], good[1:], row.index
    match fault:
        case "unopened":
            return rest if row.opens else good
        case "unclosed":
            return good[:-1]
        case "again":
            return [*good, good[-1]]
        case "gap":
            return [{**each, index: 1} for each in good]
        case "moved":
            return [first, *({**each, index: 1} for each in rest)]
        case "absent":
            return [{"type": each["type"]} for each in good]
        case "type":
            return [{**first, "part": {"type": kind}}, *rest[:-1], {**rest[-1], "part": {"type": "something_else"}}]
        case "full":
            return [{**first, "part": {"type": kind, "text": "Hello"}}, *rest]
        case "misplaced":
            return [{"type": ADDED_EVENT, "item": {"type": "web_search_call"}}, *good]
    return good


def _of_sums(requirement: str) -> Example | None:
    for row in tables().sums:
        if requirement == row.done.requirement:
            return Example(_sum(row, "Hello"), _sum(row, "Hell"), "made")
        for level, event in ((row.part, "part of the closing event"), (row.item, f"item of {DONE_EVENT}")):
            if level is not None and level.requirement == requirement:
                done = {"type": row.done.event, row.done.key or "value": "Hello"}
                return Example([done, {event: "Hello"}], [done, {event: "Hell"}], "made")
    return None


def _sum(row: SumRow, whole: str) -> list[Any]:
    if row.parts:
        pieces = [{"type": row.delta, "delta": {row.parts[0]: piece}} for piece in ("Hel", "lo")]
        return [*pieces, {"type": row.done.event, "output": [{row.parts[0]: whole}]}]
    return [
        *({"type": row.delta, "delta": piece} for piece in ("Hel", "lo")),
        {"type": row.done.event, row.done.key: whole},
    ]
