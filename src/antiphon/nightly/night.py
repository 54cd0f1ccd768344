"""Nightly run: play within a budget, compare with the history and the contract, write one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from antiphon.drift.report import Report
from antiphon.drift.report import report as drift_report
from antiphon.errors import AntiphonError, Exit
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.recorder import RunWatcher
from antiphon.exercise.stop import Stop
from antiphon.judge.verdict import judgement
from antiphon.nightly import history, state
from antiphon.nightly.moves import (
    Move,
    attribute_moves,
    confirm_moves,
    moves,
    row_key,
    source_moves,
    summarise,
)
from antiphon.nightly.obstacle import load_effects, obstacle
from antiphon.nightly.page import Page, write_page
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import UNSENT
from antiphon.report.files import write_atomically, write_json
from antiphon.report.formats import DEFAULT
from antiphon.report.result_model import Result
from antiphon.report.seal import with_digest
from antiphon.report.words import ENDED_EARLY, alarms, plural
from antiphon.report.write import write_all
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions
from antiphon.run.session import Session


@dataclass(frozen=True)
class NightOptions:
    """Options of a nightly run."""

    plan: RunOptions
    """Options of the run; its folder holds the reports, its bounds apply to the whole night."""
    history: Path
    confirm: bool = False
    sdk: bool = False
    openapi: Path | None = None
    formats: Sequence[str] = DEFAULT
    """The reports that are written besides the page."""


@dataclass
class NightRun:
    """A nightly run in progress."""

    options: NightOptions
    watcher: RunWatcher | None = None
    stop: Stop = field(default_factory=Stop)
    """A request to it ends what is played; what was, is compared and written."""
    notes: list[str] = field(default_factory=list)
    second: Result | None = None
    """The result of the run that confirms, where one was made."""

    def run(self) -> tuple[Page, Exit, list[Path]]:
        """Run, compare, write; the page, the code to end with, and the files."""
        remembered = state.load(self.options.history)
        nights = self._nights(remembered)
        moved = dict(self._sources())
        session = self._session(self.options.plan)
        result = result_of(session)
        series = nights.get(history.night_of(Path(), result).series, [])
        if obstacle_words := obstacle(session.exchanges.values()):
            return self._write_obstacle(result, series, obstacle_words, remembered)
        before = summarise(series, remembered.refuted)
        busy = self._load_effects(session, result)
        found = list(moves(before, result, busy))
        if found and before.last:
            found = list(attribute_moves(found, self._again(result), before.last, result["antiphon"]))
            found = self._confirm(found, result)
        rows = self._differences(moved, remembered, result["started_at"], found)
        return self._write_page(result, series, found, rows, remembered, busy)

    def _nights(self, remembered: state.NightMemory) -> dict[tuple[str, str], list[history.NightRecord]]:
        if not self.options.history.exists():
            return {}
        nights, remarks = history.read_history(self.options.history, remembered.obstacles)
        self.notes += [f"In the history, {each}" for each in remarks]
        return history.series(nights)

    def _session(self, plan: RunOptions) -> Session:
        return run_suite(plan, self.watcher, stop=self.stop)

    def _load_effects(self, session: Session, result: Result) -> set[str]:
        """The requirements that only a busy server broke, which the page says."""
        found = load_effects(result, session.exchanges)
        if found:
            words = session.findings.judge.outcomes.words(Outcome.OVERLOADED)
            self.notes.append(f"Not counted as moved, since the server was busy ({words}): {', '.join(sorted(found))}.")
        return found

    def _again(self, result: Result) -> dict[str, str] | None:
        """The verdicts that the recording of the last night gets today."""
        path = self._recording_file(result)
        if not path.exists():
            return None
        try:
            session = run_suite(RunOptions(transcripts=(path,), edition=self.options.plan.edition))
        except AntiphonError as error:
            self.notes.append(f"The last night's recording cannot be judged again: {error}")
            return None
        return _verdicts(session)

    def _recording_file(self, result: Result) -> Path:
        stem = history.file_name(result).partition("-")[2].removesuffix(".json")
        return self.options.history / "last" / f"{stem}-{result['edition']}.jsonl"

    def _confirm(self, moves: list[Move], result: Result) -> list[Move]:
        """The changes, each with whether a second run has it too, where `--confirm` is given."""
        if not self.options.confirm:
            return moves
        if self.stop.reason:
            self.notes.append("The night ended early, so nothing was confirmed, and nothing alerts.")
            return [replace(each, confirmed=False) for each in moves]
        plan = self.options.plan
        left = _remaining_bounds(plan.bounds, result)
        if left is None:
            self.notes.append("The budget was spent before anything could be confirmed, so nothing alerts.")
            return [replace(each, confirmed=False) for each in moves]
        # What the budget has no room for whole is repeated as far as the moved requirements need it.
        short = left.exceeded_option(result["calls"], result["tokens"], 0)
        select = tuple(each.what for each in moves if short and each.kind in ("broke", "mended"))
        second = replace(plan, bounds=left, folder=(plan.folder or Path()) / "second", select=select or plan.select)
        self.second = result_of(self._session(second))
        return list(confirm_moves(moves, self.second))

    def _sources(self) -> Iterator[tuple[str, Report]]:
        """Differences of the SDK and the document, where they are configured and available."""
        edition = self.options.plan.edition
        asked = {"sdk": self.options.sdk, "document": self.options.openapi is not None}
        for source in (each for each in asked if asked[each]):
            made = drift_report(source == "sdk", self.options.openapi if source == "document" else None, (), edition)
            self.notes += made.remarks
            if made.compared:
                yield source, made

    def _differences(
        self, sources: Mapping[str, Report], remembered: state.NightMemory, at: str, moves: list[Move]
    ) -> list[dict[str, str]]:
        """Differences of the sources, each with its first day; new ones are added to the changes."""
        listed = []
        for source, made in sources.items():
            before = remembered.differs(source)
            moves += source_moves(made.rows, before, at)
            since = {row_key(row): (before or {}).get(row_key(row), at) for row in made.rows}
            remembered.rows[source] = since
            listed += [{"source": source, "what": what, "since": when} for what, when in since.items()]
        return listed

    def _write_obstacle(
        self, result: Result, series: list[history.NightRecord], words: str, remembered: state.NightMemory
    ) -> tuple[Page, Exit, list[Path]]:
        """A page that says why nothing was judged; the history has the night, and no verdict of it."""
        kept = self.options.history / history.file_name(result)
        folder = self.options.plan.folder or Path()
        night = history.night_of(kept, result, words)
        page = Page(result, [*series, night], [], [], self.notes, obstacle=words)
        files = [*write_all(result, folder, self.options.formats), *write_page(page, folder)]
        remembered.obstacles[kept.name] = words
        self._write_result(kept, result)
        state.save(self.options.history, remembered)
        return page, page.exit, [*files, kept]

    def _write_result(self, path: Path, result: Result) -> None:
        write_json(path, with_digest(result | {"traffic": {}}) if "traffic" in result else result)

    def _write_page(
        self, result: Result, series: list[history.NightRecord], moves: list[Move],
        rows: list[dict[str, str]], remembered: state.NightMemory, busy: set[str],
    ) -> tuple[Page, Exit, list[Path]]:  # fmt: skip
        kept = self.options.history / history.file_name(result)
        folder = self.options.plan.folder or Path()
        nights = [*series, history.night_of(kept, result)]
        page = Page(result, nights, moves, rows, [*self.notes, *_budget(result)], self.second)
        files = [*write_all(result, folder, self.options.formats), *write_page(page, folder)]
        refuted = [*(each.what for each in moves if not each.alerts), *sorted(busy)]
        if refuted:
            remembered.refuted[kept.name] = refuted
        self._write_result(kept, result)
        write_atomically(self._recording_file(result), (folder / "transcript.jsonl").read_bytes())
        state.save(self.options.history, remembered)
        return page, page.exit, [*files, kept]


def _verdicts(session: Session) -> dict[str, str]:
    entries = session.findings.ledger.entries
    counted = session.contract.requirements.values()
    return {each.id: judgement(entries.get(each.id), each.level).verdict.value for each in counted}


def _remaining_bounds(bounds: Bounds, result: Result) -> Bounds | None:
    """Remaining budget of a night; None where nothing is left."""
    cost = result["spending"].get("cost") or 0
    spent = {"calls": result["calls"], "tokens": result["tokens"], "cost": cost, "time": result["duration"]}
    left = {name: None if most is None else most - spent[name] for name, most in vars(bounds).items()}
    return None if any(each is not None and each <= 0 for each in left.values()) else Bounds(**left)


def _budget(result: Result) -> Iterator[str]:
    unsent = [each["name"] for each in result["scenarios"] if UNSENT in each["reason"]]
    early = [each for each in alarms(result) if each.startswith(ENDED_EARLY)]
    yield from early
    if unsent and not early:
        yield f"The budget was spent: {plural(len(unsent), 'scenario')} could not continue; their results are unknown."
