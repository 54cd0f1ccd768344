"""Description of an event, an item, a part, an annotation or a tool: fields, places, order, relaxations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.contract.load import all_requirements
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.spec_files import read_yaml
from antiphon.contract.streams import StateMachine, tables
from antiphon.explain.names import WIDEST
from antiphon.explain.smallest_value import smallest

ITEM_KINDS = ("item.output", "item.added", "item.listed", "item.conversation", "item.compacted", "item.input-echo")
EVENT_KINDS = ("event", "event.websocket", "event.client", "event.webhook")


def of_value(kind: str, name: str) -> dict[str, Any]:
    """An item, a part, an annotation or a tool."""
    schemas = Schemas(WIDEST)
    places = [each for each in (ITEM_KINDS if kind == "item" else (kind,)) if name in schemas.types(each)]
    facts: dict[str, Any] = {}
    for place in places[:1]:
        facts |= _described(schemas, place, name)
    if not places:
        facts["says"] = "Stands in requests only."
    facts["places"] = [f"{each} (`antiphon spec --schema {each} --type {name}`)" for each in places]
    if kind == "item":
        facts |= _order_of_item(name)
    facts["requirements"] = _about(name, *_slugs(kind, name))
    return facts


def of_event(name: str) -> dict[str, Any]:
    """Description of an event: fields, indices, allowed events before and after it, requirements and counts."""
    schemas = Schemas(WIDEST)
    kind = next(each for each in EVENT_KINDS if name in schemas.types(each))
    facts = _described(schemas, kind, name)
    row = tables().events.get(name)
    if row and kind == "event":
        facts["level"] = row.level + (f", {row.role}" if row.role else "")
        facts["indices"] = list(row.indices)
        facts["of items"] = sorted(row.of)
        facts["sources"] = list(row.sources)
        facts["order"] = list(order(name))
        facts["sums"] = list(_sums(name))
        facts["recorded"] = list(_counts(name, row.of))
    stem = name.removeprefix("response.").rpartition(".")[0] or name
    facts["requirements"] = _about(name, *_slugs("event", stem), *_named_in_tables(name)) if kind == "event" else []
    return facts


def _described(schemas: Schemas, kind: str, name: str) -> dict[str, Any]:
    told = schemas.describe(kind, name)
    fields = {
        each.name: each.type
        + ("" if each.required else ", optional")
        + (f" (from {', '.join(each.sources)}, not in the document)" if each.sources else "")
        for each in told.fields
    }
    return {
        "says": told.says,
        "kind": kind,
        "schema": f"spec/schemas/{told.schema}",
        "fields": fields,
        "relaxations": {f"{each.id} ({each.edition})": each.reason for each in told.relaxations},
        "example": smallest(schemas, kind, name),
    }


def machines() -> Iterator[tuple[str, StateMachine]]:
    """Every state machine of items and blocks, with what it is of."""
    for row in tables().items.values():
        if row.machine:
            yield f"item {row.type}", row.machine
    for block in tables().blocks.values():
        for kind, machine in block.kinds.items():
            yield f"{block.name} {kind}", machine


def order(event: str) -> Iterator[str]:
    """Where an event may stand: before it, after it, in each table that has it."""
    answer = tables().response
    for state, nexts in answer.states.items():
        if event in nexts:
            then = ", ".join(answer.states[nexts[event]]) or "nothing"
            yield f"response: in state {state}; then {then}"
    for what, machine in machines():
        for state, nexts in machine.states.items():
            if event in nexts:
                after = [*machine.states[nexts[event]], *(["the end of it"] if nexts[event] in machine.ends else [])]
                yield f"{what}: in state {state}; then {', '.join(after) or 'nothing'}"
    for block in tables().blocks.values():
        if event == block.opens:
            yield f"{block.name}: opens a block; then its deltas, then {block.closes}"
        if event == block.closes:
            yield f"{block.name}: closes the block that {block.opens or 'its first delta'} opened"


def _order_of_item(name: str) -> dict[str, Any]:
    row = tables().items.get(name)
    if row is None:
        return {}
    events = [each for each in tables().events.values() if name in each.of]
    rows = [
        f"{state}: {', '.join(nexts) or 'nothing'}"
        for state, nexts in (row.machine.states if row.machine else {}).items()
    ]
    return {"blocks": list(row.blocks), "events": [each.type for each in events], "order": rows}


def _sums(event: str) -> Iterator[str]:
    for row in tables().sums:
        if event in (row.delta, row.done.event):
            yield f"{row.delta} joins to {row.done.key} of {row.done.event} ({row.done.requirement})"


def _counts(event: str, of: Iterable[str]) -> Iterator[str]:
    value = read_yaml(spec_dir() / "streams.yaml")
    found: list[Mapping[str, Any]] = [each for each in value["response"]["evidence"] if event in each["where"]]
    found += [each for name in of for each in value["items"].get(name, {}).get("evidence", ())]
    row = tables().events[event]
    for block in value["blocks"].values():
        for kind, machine in block["kinds"].items():
            found += machine.get("evidence", ()) if kind in row.kind else ()
    for each in found:
        yield (
            ": ".join(filter(None, [each["where"], str(each.get("counts", "")), each.get("note", "")]))
            + f" ({each['source']})"
        )


def _named_in_tables(event: str) -> Iterator[str]:
    for _, machine in machines():
        if any(event in nexts for nexts in machine.states.values()):
            yield machine.order
            yield machine.unfinished
    for row in tables().sums:
        if event in (row.delta, row.done.event):
            yield row.done.requirement


def _slugs(kind: str, name: str) -> Iterator[str]:
    slug = name.replace("_", "-")
    yield from {
        "item": (f"item.schema.{slug}", f"stream.order.{slug}"),
        "event": (f"stream.schema.{slug}", f"stream.order.{slug}"),
    }.get(kind, (f"item.schema.{kind}.{slug}",))


def _about(name: str, *ids: str) -> list[str]:
    """Requirements that are named, or that speak of the name."""
    known = all_requirements()
    speaking = [
        each.id
        for each in known.values()
        if name in each.says.replace(",", " ").replace(".", " . ").split() or f"{name} " in each.says
    ]
    return [f"{each} — {known[each].says}" for each in dict.fromkeys([*ids, *speaking]) if each in known]
