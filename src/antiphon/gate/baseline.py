"""Baseline files: expected verdicts of a target, each with reason, expiry date and owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from antiphon.contract.depth import Depth
from antiphon.contract.load import nearest
from antiphon.contract.model import Contract
from antiphon.contract.spec_files import meta_schema
from antiphon.errors import ConfigError
from antiphon.gate.located_yaml import LocatedYaml, Place, read_located

FORMAT = 1
KEYS = {
    "": ("baseline", "edition", "depth", "target", "expected", "flaky"),
    "expected": ("id", "verdict", "reason", "link", "owner", "expires"),
    "flaky": ("id", "reason", "link", "owner"),
}
"""The keys of the file, and of an entry of each of its lists."""


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """A requirement whose verdict is known beforehand; a flaky one has no verdict and does not expire."""

    id: str
    verdict: str
    reason: str
    owner: str
    link: str = ""
    expires: date | None = None
    """The last day on which it is excused."""
    line: int = 0


@dataclass(frozen=True)
class Baseline:
    """Content of a baseline file."""

    path: str
    edition: str
    """The edition that it was made under; empty where it may be used under any."""
    expected: Mapping[str, BaselineEntry]
    flaky: Mapping[str, BaselineEntry]
    depth: Depth = Depth.STANDARD
    """The depth that its verdicts were given at."""

    def is_beyond(self, depth: str) -> bool:
        """A run of which only so much was played does not show all that this was made from."""
        return bool(depth) and (depth == "none" or Depth(depth).rank < self.depth.rank)


def load(path: Path, contract: Contract) -> Baseline:
    """A baseline file. Raises ConfigError, with the line and the likely cure, where it is not one for this contract."""
    file = read_located(path)
    _check(file)
    value = file.value
    edition = value.get("edition", "")
    if edition and edition != contract.edition.id:
        raise file.wrong(
            ("edition",),
            f"made under the edition {edition!r}, but {contract.edition.id!r} is judged by; "
            f"give --edition {edition}, or take the line out",
        )
    expected = _entries(file, "expected", contract)
    flaky = _entries(file, "flaky", contract)
    for both in (each for each in flaky if each in expected):
        place = ("flaky", list(flaky).index(both))
        raise file.wrong(place, f"{both!r} is expected to break and is flaky; leave it in one of the lists")
    return Baseline(str(path), edition, expected, flaky, Depth(value.get("depth", Depth.STANDARD)))


def _check(file: LocatedYaml) -> None:
    if not isinstance(file.value, dict) or "baseline" not in file.value:
        raise file.wrong((), "not a baseline; `antiphon baseline RESULT > FILE` writes one")
    schema = meta_schema("baseline")
    for error in schema.iter_errors(file.value):
        place: Place = tuple(error.instance_path)
        raise file.wrong(place, _why(file, place, error.message))


def _why(file: LocatedYaml, place: Place, message: str) -> str:
    keys = KEYS[str(place[0]) if len(place) > 1 else ""]
    found: Any = file.value
    for part in place:
        found = found[part]
    unknown = [key for key in found if key not in keys] if isinstance(found, dict) else []
    if unknown:
        return f"unknown key {unknown[0]!r}; {nearest(unknown[0], keys)}"
    where = f"{place[-1]}: " if place and isinstance(place[-1], str) else ""
    return where + message


def _entries(file: LocatedYaml, name: str, contract: Contract) -> dict[str, BaselineEntry]:
    found: dict[str, BaselineEntry] = {}
    for number, value in enumerate(file.value.get(name) or ()):
        place = (name, number)
        if value["id"] not in contract.every:
            raise file.wrong((*place, "id"), f"no requirement {value['id']!r}; {nearest(value['id'], contract.every)}")
        if value["id"] in found:
            raise file.wrong((*place, "id"), f"{value['id']!r} stands twice")
        found[value["id"]] = BaselineEntry(
            id=value["id"],
            verdict=value.get("verdict", ""),
            reason=value["reason"],
            owner=value["owner"],
            link=value.get("link", ""),
            expires=_date(file, (*place, "expires"), value["expires"]) if "expires" in value else None,
            line=file.line((*place, "id")),
        )
    return found


def _date(file: LocatedYaml, place: Place, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise file.wrong(place, f"{text!r} is not a date; write YYYY-MM-DD") from None


def check_profiles(names: Iterable[str], contract: Contract) -> None:
    """Raises ConfigError for a profile that the contract does not have."""
    for name in names:
        if name not in contract.profiles:
            raise ConfigError(f"No profile {name!r}; {nearest(name, contract.profiles)}")
