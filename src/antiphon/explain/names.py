"""Named things of the contract: requirements, event types, parameters, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from antiphon.contract.defects import defects
from antiphon.contract.evidence import sources
from antiphon.contract.load import all_requirements, contract, did_you_mean, edition_ids
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.library import editions_with_schemas, relaxations
from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.spec_files import read_validated, read_yaml
from antiphon.contract.triggers import triggers
from antiphon.errors import ConfigError

WIDEST = "open-responses-2026-04-24"
"""The edition with the most event types: its own raw reasoning besides all of the others."""


def parameters() -> Mapping[str, Mapping[str, Any]]:
    """Every parameter by OPERATION.NAME."""
    value = read_validated(spec_dir() / "parameters.yaml", "parameters")["operations"]
    return {
        f"{operation}.{each['name']}": {"operation": operation, "in": table["in"], **each}
        for operation, table in value.items()
        for each in table["parameters"]
    }


def disagreements() -> Mapping[str, Mapping[str, Any]]:
    """Every disagreement of the sources, by its number."""
    value = read_validated(spec_dir() / "disagreements.yaml", "disagreements")
    return {each["id"]: each for each in value["disagreements"]}


def _relaxations() -> Iterable[str]:
    return [each.id for name in editions_with_schemas() for each in relaxations(name)]


def _types(kind: str) -> Callable[[], Iterable[str]]:
    return lambda: Schemas(WIDEST).types(kind)


def _events() -> Iterable[str]:
    schemas = Schemas(WIDEST)
    names = (*schemas.types("event.websocket"), *schemas.types("event.client"), *schemas.types("event.webhook"))
    return dict.fromkeys(names)


def _items() -> Iterable[str]:
    schemas = Schemas(WIDEST)
    places = [name for kind in schemas.kinds() if kind.startswith("item.") for name in schemas.types(kind)]
    sent = read_yaml(spec_dir() / "schemas" / "requests" / "items.yaml")["$defs"].values()
    tags = [each.get("properties", {}).get("type", {}).get("const") for each in sent]
    return [*places, *filter(None, tags)]


def _faults() -> Iterable[str]:
    from antiphon.server.faults import catalogue

    return catalogue()


def _defects() -> Iterable[str]:
    return defects()


def _codes() -> Iterable[str]:
    value = read_validated(spec_dir() / "errors.yaml", "errors")
    return [*value["codes"], *(code for codes in value["response_error_codes"].values() for code in codes)]


NAMED_KINDS: Mapping[str, Callable[[], Iterable[str]]] = {
    "requirement": all_requirements,
    "event": _events,
    "item": _items,
    "parameter": parameters,
    "disagreement": disagreements,
    "trigger": lambda: [each.id for each in triggers()],
    "relaxation": _relaxations,
    "edition": edition_ids,
    "capability": lambda: contract().capabilities,
    "profile": lambda: contract().profiles,
    "client": lambda: contract().clients,
    "part": _types("part"),
    "annotation": _types("annotation"),
    "tool": _types("tool"),
    "code": _codes,
    "defect": _defects,
    "source": sources,
    "fault": _faults,
}
"""Every kind of thing that can be explained, with the names of its things."""
_FIRST = ("disagreement", "requirement")
"""Kinds whose names no other kind has."""
_LAST = "fault"
"""Searched only when nothing else has the name, since it is slow to load."""


def find_names(name: str) -> list[tuple[str, str]]:
    """Kind and full name of all that a name may mean; `KIND:NAME` means one. Raises ConfigError with near misses."""
    kind, colon, rest = name.partition(":")
    if colon and kind in NAMED_KINDS:
        here = [(kind, each) for each in _meant(kind, rest)]
        if here:
            return here
        raise ConfigError(f"No {kind} {rest!r}; {_near(rest, [kind])}")
    for kind in _FIRST:
        if name in _names(kind):
            return [(kind, name)]
    here = [(kind, each) for kind in NAMED_KINDS if kind not in (*_FIRST, _LAST) for each in _meant(kind, name)]
    here = here or [(_LAST, each) for each in _meant(_LAST, name)]
    if not here:
        raise ConfigError(f"The contract knows nothing of {name!r}; {_near(name, NAMED_KINDS)}")
    return here


def _meant(kind: str, name: str) -> list[str]:
    """The names that are meant; a parameter may be named without its operation."""
    names = _names(kind)
    if name in names:
        return [name]
    return [each for each in names if each.rpartition(".")[2] == name] if kind == "parameter" else []


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(NAMED_KINDS[kind]()))


def _near(name: str, kinds: Iterable[str]) -> str:
    known = {each: kind for kind in kinds for each in _names(kind)}
    known |= {each.partition(".")[2]: "parameter" for each, kind in known.items() if kind == "parameter"}
    inside = [each for each in known if len(name) > 3 and name in each]
    close = [*get_close_matches(name, known, n=3, cutoff=0.6), *sorted(inside, key=len)[:3]]
    if close:
        return did_you_mean([f"{each} ({known[each]})" for each in dict.fromkeys(close[:3])])
    return "`antiphon list` shows the requirements; events, items, parameters and D-01 to D-53 are known as well."
