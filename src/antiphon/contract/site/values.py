"""Pages of events and items: fields from the schemas, order from the tables of streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from antiphon.contract.schemas.description import Description
from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.site.text import codes, heading_line, link, table
from antiphon.contract.streams import StateMachine, tables

WIDEST = "open-responses-2026-04-24"
LISTS = {
    "item.output": "Items of a response", "part": "Content parts", "annotation": "Annotations", "tool": "Tools",
}  # fmt: skip
PLACES = ("item.output", "item.added", "item.listed", "item.conversation", "item.compacted", "item.input-echo")


def events() -> str:
    """The order of events as state diagrams, then each event with its fields."""
    return "\n".join([_grammar(), "## Each event\n", *_events()])


def items() -> str:
    """Every type of item, part, annotation and tool."""
    schemas = Schemas()
    lines = ["Which places an item may stand in:\n"]
    types = dict.fromkeys(name for place in PLACES for name in schemas.types(place))
    rows = [
        [f"[`{name}`](#{name})", codes(place.removeprefix("item.") for place in PLACES if name in schemas.types(place))]
        for name in types
    ]
    lines.append(table(["Item", "Places"], rows))
    for kind, title in LISTS.items():
        lines.append(f"## {title}\n")
        for name in schemas.types(kind):
            lines += _value(schemas.describe(kind, name), "item" if kind == "item.output" else kind)
    others = [name for name in types if name not in schemas.types("item.output")]
    if others:
        lines.append("## Items of other places\n")
        for name in others:
            place = next(place for place in PLACES if name in schemas.types(place))
            lines += _value(schemas.describe(place, name), "item")
    return "\n".join(lines)


def _value(description: Description, prefix: str) -> Iterator[str]:
    name = description.type if prefix == "item" else f"{prefix}-{description.type}"
    yield heading_line(3, description.type, name)
    if description.says:
        yield f"{description.says}\n"
    yield _fields(description)
    if description.relaxations:
        yield "".join(f"- {each.reason} (`{each.id}`)\n" for each in description.relaxations)


def _fields(description: Description) -> str:
    rows = [
        [f"`{each.name}`", "yes" if each.required else "", f"`{each.type}`", ", ".join(each.sources)]
        for each in description.fields
    ]
    return table(["Field", "Required", "Type", "Only in"], rows)


def _events() -> Iterator[str]:
    schemas, rows = Schemas(WIDEST), tables().events
    for name in schemas.event_types():
        row = rows.get(name)
        yield heading_line(3, name, name)
        description = schemas.describe("event", name)
        if description.says:
            yield f"{description.says}\n"
        if row:
            facts = [f"level {row.level}"]
            facts += [f"of {codes(sorted(row.of))}"] if row.of else []
            facts += [f"indices {codes(row.indices)}"] if row.indices else []
            facts += [f"sources {', '.join(row.sources)}"]
            yield "; ".join(facts) + "\n"
        yield _fields(description)


def _grammar() -> str:
    answer = tables().response
    parts = [
        "## Order\n",
        "What has no arrow is refused. `body` stands for the events of items and parts; `keepalive` and "
        "`response.rate_limits.updated` may stand anywhere.\n",
        "### The whole response\n",
        _diagram(answer.states, answer.start, answer.ends),
        _blamed({*answer.order.values(), answer.first[1], answer.once[1], answer.end}),
    ]
    for item in tables().items.values():
        parts.append(f"### Item: {item.type}\n")
        if item.machine is None:
            parts.append(f"Holds blocks: {codes(item.blocks)}.\n")
        else:
            parts += [_machine(item.machine, "output_item.added", "output_item.done")]
    for block in tables().blocks.values():
        for kind, machine in block.kinds.items():
            parts.append(f"### Block of {block.name}: {kind}\n")
            parts.append(_machine(machine, block.opens or "first event", block.closes))
            parts.append(f"Numbered by `{block.index}`.\n")
    sums = [
        [row.name, f"`{row.delta}`", f"`{row.done.event}`", f"`{row.done.key}`", link(row.done.requirement)]
        for row in tables().sums
    ]
    parts += ["### Sums\n", table(["What", "Deltas", "Done event", "Field", "Requirement"], sums)]
    return "\n".join(parts)


def _machine(machine: StateMachine, opens: str, closes: str) -> str:
    text = _diagram(machine.states, machine.start, machine.ends, opens, closes)
    return text + _blamed({machine.order, machine.unfinished})


def _diagram(
    states: Mapping[str, Mapping[str, str]], start: str, ends: Iterable[str], opens: str = "", closes: str = ""
) -> str:
    lines = ["```mermaid", "stateDiagram-v2", _arrow("[*]", start, [opens])]
    for state, nexts in states.items():
        together: dict[str, list[str]] = {}
        for event, to in nexts.items():
            together.setdefault(to, []).append(event)
        lines += [_arrow(state, to, names) for to, names in together.items()]
    lines += [_arrow(state, "[*]", [closes]) for state in states if state in ends]
    return "\n".join([*lines, "```"]) + "\n"


def _arrow(state: str, to: str, names: Iterable[str]) -> str:
    label = " / ".join(name.removeprefix("response.") for name in names if name)
    return f"    {state} --> {to}" + (f": {label}" if label else "")


def _blamed(names: Iterable[str]) -> str:
    return "\nAny other step breaks " + ", ".join(map(link, sorted(names))) + ".\n"
