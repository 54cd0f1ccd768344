"""What changed since the last run, since when, and whether the API or we changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from antiphon.drift.compare import ComparisonRow
from antiphon.errors import Exit
from antiphon.nightly.history import NightRecord
from antiphon.report.claims import EXERCISED_VERDICTS
from antiphon.report.result_model import Result

API, WE, DOCUMENT, SDK, UNSURE = "the live API", "we", "the document", "the SDK", "the live API or we"
KINDS = {
    "broke": "Broke",
    "mended": "Mended",
    "unknown": "New names that the contract does not know",
    "source": "The document or the SDK differs from the contract in a new way",
    "contract": "New in the contract",
}
_HELD = {"pass": 2, "warn": 1, "fail": 0}


@dataclass(frozen=True, slots=True)
class Move:
    """One change. `kind` is one of KINDS; `before` and `after` are verdicts, or empty."""

    kind: str
    what: str
    says: str
    before: str
    after: str
    since: str
    """Last time it was as before; empty where that is not known."""
    who: str = UNSURE
    confirmed: bool | None = None
    """Whether a second run had it too; None without a second run."""

    @property
    def alerts(self) -> bool:
        """It was not refuted by a second run."""
        return self.confirmed is not False


@dataclass(frozen=True)
class HistorySummary:
    """Summary of a history: the last verdict on each requirement, and the unknown names in replies."""

    verdicts: Mapping[str, tuple[str, str]]
    """Requirement id → verdict and when, of the last night that judged it and was not refuted by a second run."""
    ever: frozenset[str]
    """Requirements that any night counted."""
    names: frozenset[str]
    last: NightRecord | None


def summarise(nights: Sequence[NightRecord], unconfirmed: Mapping[str, Iterable[str]]) -> HistorySummary:
    """Summary of the nights of one series, without what a second run did not confirm (file name → what)."""
    verdicts: dict[str, tuple[str, str]] = {}
    ever: set[str] = set()
    names: set[str] = set()
    for night in nights:
        doubtful = set(unconfirmed.get(night.path.name, ()))
        ever.update(night.verdicts)
        names.update(each for each in map(" ".join, night.drift) if each not in doubtful)
        for name, verdict in night.verdicts.items():
            if verdict in EXERCISED_VERDICTS and name not in doubtful:
                verdicts[name] = verdict, night.at
    last = next((night for night in reversed(nights) if not night.obstacle), None)
    return HistorySummary(verdicts, frozenset(ever), frozenset(names), last)


def moves(before: HistorySummary, result: Result, load_effects: Collection[str] = ()) -> Iterator[Move]:
    """Changes in a result since the last night; none where there is no earlier night.

    `load_effects` are requirements that are broken for no other reason than that the server was busy.
    """
    if before.last is None:
        return
    for each in result["requirements"]:
        name, now = each["id"], each["verdict"]
        if name in load_effects:
            continue
        was, at = before.verdicts.get(name, ("", ""))
        if name not in before.ever:
            yield Move("contract", name, each["says"], "", now, before.last.at, WE)
        elif now not in EXERCISED_VERDICTS or now == was:
            continue
        elif was:
            kind = "broke" if _HELD[now] < _HELD[was] else "mended"
            yield Move(kind, name, each["says"], was, now, at)
        elif now != "pass":
            yield Move("broke", name, each["says"], "never judged", now, "")
    for row in result["drift"]:
        what = " ".join((row["what"], row["kind"], row["name"]))
        if what not in before.names:
            yield Move("unknown", what, f"{row['exchange']}, {row['at']}", "", "seen", before.last.at, API)


def attribute_moves(
    moves: Iterable[Move], again: Mapping[str, str] | None, last: NightRecord, version: str
) -> Iterator[Move]:
    """The changes, each with its cause. `again` are the verdicts that the recording of the last night gets today.

    Where the same recording gets another verdict than it got then, we judge otherwise.
    """
    for move in moves:
        if move.kind not in ("broke", "mended"):
            yield move
        elif again is None or again.get(move.what) not in EXERCISED_VERDICTS:
            yield replace(move, who=API if last.antiphon == version else UNSURE)
        else:
            yield replace(move, who=API if again[move.what] == last.verdicts.get(move.what) else WE)


def confirm_moves(moves: Iterable[Move], second: Result) -> Iterator[Move]:
    """The changes, each with whether a second run has it too; one that does not come from a run needs none."""
    verdicts = {each["id"]: each["verdict"] for each in second["requirements"]}
    names = {" ".join((row["what"], row["kind"], row["name"])) for row in second["drift"]}
    for move in moves:
        if move.kind in ("broke", "mended"):
            yield replace(move, confirmed=verdicts.get(move.what) == move.after)
        elif move.kind == "unknown":
            yield replace(move, confirmed=move.what in names)
        else:
            yield move


def source_moves(rows: Iterable[ComparisonRow], before: Mapping[str, str] | None, at: str) -> Iterator[Move]:
    """A move for each row of a drift report that the last night did not have; none on the first night."""
    if before is None:
        return
    for row in rows:
        if row_key(row) not in before:
            who = SDK if row["moved"].startswith("sdk") else DOCUMENT if row["moved"].startswith("document") else WE
            yield Move("source", f"{row['what']} {row['kind']} {row['name']}", _says(row), "", "", at, who)


def row_key(row: ComparisonRow) -> str:
    """Identity of a row of a drift report."""
    return f"{row['what']} {row['kind']} {row['name']}: {_says(row)}"


def _says(row: ComparisonRow) -> str:
    return f"{row['moved']}: {row['change']}" if "change" in row else row["moved"]


def exit_of(moves: Iterable[Move]) -> Exit:
    """Broken where a must broke; stale where anything else moved. What a second run refuted does not count."""
    counted = [each for each in moves if each.alerts]
    if any(each.kind in ("broke", "contract") and each.after == "fail" for each in counted):
        return Exit.BROKEN
    return Exit.STALE if any(each.kind != "contract" or each.after == "warn" for each in counted) else Exit.HOLDS
