"""What the contract names in one place and lacks in another: an event, an item, a tool or a parameter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from antiphon.contract.load import edition, edition_ids
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.library import editions_with_schemas
from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.spec_files import read_validated, read_yaml
from antiphon.contract.streams import tables
from antiphon.server.behaviour.editions import EDITIONS
from antiphon.server.responses.event_stream import CARRIERS
from antiphon.server.responses.item_events import block
from antiphon.server.validate.create import FIELDS
from antiphon.server.validate.items import ITEMS
from antiphon.server.validate.tools import TOOLS

DATA = Path(__file__).resolve().parents[1] / "data"
Places = Mapping[str, Mapping[str, Collection[str]]]
"""By sort of thing, what each place has of it."""


def places() -> Places:
    """Where each event, item, tool and parameter stands."""
    return {
        "event": {
            "row in spec/streams.yaml": set(tables().events),
            "schema in spec/schemas/events": _types("event"),
            "sender in the reference server": _sent(),
        },
        "item": {
            "row in spec/streams.yaml": set(tables().items),
            "schema in spec/schemas/items": _types("item.output"),
            "example in tests/data/checks/items.yaml": set(read_yaml(DATA / "checks" / "items.yaml")),
            "validator in the reference server": {*ITEMS, "message"},  # a message is validated by its role
        },
        "tool": {
            "row in spec/editions": {name for each in edition_ids() for name in edition(each).data["tools"]},
            "schema in spec/schemas/tools.yaml": _types("tool"),
            "validator in the reference server": set(TOOLS),
        },
        "parameter": {
            "row in spec/parameters.yaml": {row["name"] for row in _create_parameters()},
            "schema in spec/schemas/requests/create.yaml": set(_create_schema()),
            "validator in the reference server": {*FIELDS, "model"},  # check_model, since it depends on the models
        },
    }


def gaps(places: Places) -> Iterator[str]:
    """One line for each thing that a place lacks, while another has it."""
    for sort, where in places.items():
        for name in sorted(set().union(*where.values())):
            yield from (f"{sort} {name}: no {place}" for place, names in where.items() if name not in names)


def _types(kind: str) -> set[str]:
    return {name for each in editions_with_schemas() for name in Schemas(each).types(kind)}


@cache
def _sent() -> frozenset[str]:
    """The types of events that the reference server builds up items of, and those around them."""
    items: list[dict[str, Any]] = read_yaml(DATA / "streamed_items.yaml")
    built = {event["type"] for item in items for each in EDITIONS.values() for event in block(item, 0, each)}
    return frozenset(built | CARRIERS | {"error"})


def _create_parameters() -> list[dict[str, Any]]:
    value = read_validated(spec_dir() / "parameters.yaml", "parameters")
    rows: list[dict[str, Any]] = value["operations"]["create"]["parameters"]
    return rows


def _create_schema() -> Mapping[str, Any]:
    schema = Schemas().library.definition("requests/create.yaml#/$defs/create")
    properties: Mapping[str, Any] = schema["properties"]
    return properties
