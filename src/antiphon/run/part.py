"""Part of a judgement: what some of the exchanges show. Parts add up whatever their order, and are written as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from antiphon import __version__
from antiphon.contract.load import DEFAULT_EDITION, contract, edition_ids
from antiphon.errors import Exit, RecordingError
from antiphon.gate.decision import GatePolicy
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.recording.importers.detect import is_of_provider
from antiphon.recording.importers.pieces import LineBlock, Piece, WholeFile, read_block
from antiphon.recording.records import Header, Record
from antiphon.recording.source import Remark
from antiphon.report.files import write_atomically
from antiphon.report.output import Output
from antiphon.report.result_model import Result, ResultRecording
from antiphon.report.seal import recordings_of
from antiphon.report.words import plural
from antiphon.run.exchange_sample import ExchangeSelection, LeftOut, moment_of, share_of
from antiphon.run.file_tally import FileTally
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.options import check_selection
from antiphon.run.recordings import RecordingJudge, RecordingState
from antiphon.run.whole_recording import Position

AZURE = "provider:azure"
NO_PART = "is no part of a judgement; `antiphon judge --partial FILE` writes one"


@dataclass
class Scope:
    """What a part was judged by. Only parts with the same scope add up."""

    antiphon: str
    edition: str
    select: list[str]
    filter: str
    provider: str


@dataclass
class WrittenPart:
    """A part as it is written."""

    part: Scope
    judgement: RecordingState
    files: dict[str, FileTally]
    left_out: LeftOut
    azure: int
    target: tuple[str, int, dict[str, Any]] | None


def written_part(data: bytes, name: str) -> WrittenPart:
    """The part that was written. Raises RecordingError where it is none."""
    try:
        return msgspec.json.decode(data, type=WrittenPart)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise RecordingError(f"{name}: {NO_PART}.") from None


class JudgementPart:
    """Judges pieces of recordings; what it found adds up with what others found in other pieces."""

    def __init__(self, options: JudgeOptions) -> None:
        """Raises ConfigError."""
        self._options = options
        book = contract(options.plan.edition)
        check_selection(options.plan, book)
        self._judge = RecordingJudge(book, options.plan, options.filter)
        self._selection = ExchangeSelection(share_of(options.sample), moment_of(options.since))
        self._files: dict[str, FileTally] = {}
        self._azure = 0
        self._target: tuple[str, int, dict[str, Any]] | None = None

    @property
    def edition(self) -> str:
        """The edition by which it judges."""
        return self._options.plan.edition

    def tally(self, file: str) -> FileTally:
        """The tally of a file."""
        return self._files.setdefault(file, FileTally())

    def take(self, piece: Piece, file: str) -> None:
        """Judge the exchanges of a piece of a file; what cannot be read is counted."""
        match piece:
            case LineBlock():
                self._take_lines(piece, file)
            case WholeFile(path):
                self._take_whole(path, file)

    def _take_lines(self, block: LineBlock, file: str) -> None:
        tally = self.tally(file)
        for number, record in read_block(block):
            if isinstance(record, RecordingError):
                tally.add_damage(number, f"{block.name}, line {number}", record)
            else:
                tally.add_found(number)
                self._take_record(record, Position(file, block.rotation, number))

    def _take_whole(self, path: Path, file: str) -> None:
        tally = self.tally(file)
        try:
            for number, record in enumerate(read(path)):
                if isinstance(record, Remark):
                    tally.add_remark(record)
                else:
                    tally.add_found(number)
                    self._take_record(record, Position(file, number=number))
        except RecordingError as error:
            tally.error = str(error)

    def _take_record(self, record: Record, position: Position) -> None:
        """Judge a record, if it is an exchange that was asked for."""
        if isinstance(record, Header) and (target := record.data.get("target")):
            found = position.file, position.number, dict(target)
            self._target = found if self._target is None else min(found, self._target, key=lambda each: each[:2])
        elif isinstance(record, Exchange) and self._is_wanted(record):
            self._azure += AZURE in record.notes and self._options.edition is None
            self._judge.judge(record, position)

    def _is_wanted(self, exchange: Exchange) -> bool:
        provider = self._options.provider
        return (provider is None or is_of_provider(exchange, provider)) and self._selection.takes(exchange)

    @property
    def _scope(self) -> Scope:
        options = self._options
        return Scope(__version__, options.plan.edition, sorted(options.select), options.filter, options.provider or "")

    def dump(self) -> bytes:
        """What was found so far, as JSON."""
        return msgspec.json.encode(
            WrittenPart(
                self._scope, self._judge.state, self._files, self._selection.left_out, self._azure, self._target
            )
        )

    def add(self, data: bytes, name: str, *, beside: bool = False) -> None:
        """Take over what another part found. Raises RecordingError where it is none, or has another scope."""
        other = written_part(data, name)
        if other.part != self._scope:
            raise RecordingError(f"{name}: {_difference(other.part, self._scope)}; parts have to agree in that.")
        try:
            self._judge.add(other.judgement, beside=beside)
        except (msgspec.MsgspecError, KeyError):
            raise RecordingError(f"{name}: {NO_PART}.") from None
        for file, tally in other.files.items():
            self.tally(file).add(tally)
        self._selection.left_out.add(other.left_out)
        self._azure += other.azure
        if other.target is not None:
            self._target = min(filter(None, (self._target, other.target)), key=lambda each: each[:2])

    def write(self, path: Path) -> None:
        """Write what was found. Raises AntiphonError; RecordingError, afterwards, where nothing could be read."""
        self.seal()
        write_atomically(path, self.dump())
        self._raise_if_illegible()

    def seal(self) -> None:
        """Note the digests of the files, as they may not be at hand where the part is merged."""
        for path, name in zip(self._options.files, self._options.shown_names, strict=True):
            found = recordings_of([path if "://" in str(name) else Path(name)])
            self.tally(str(name)).recording = found[0] if found else None

    def finish(self, folder: Path, policy: GatePolicy | None = None, output: Output | None = None) -> Exit:
        """Write the reports, show the findings, and return the exit code. Raises RecordingError."""
        self._raise_if_illegible()
        return self._judge.finish(folder, self._target_data, self._recordings, policy, output, [*self.all_remarks()])

    def result(self) -> Result:
        """The result, once, after the last piece."""
        return self._judge.result(self._target_data, self._recordings)

    @property
    def _recordings(self) -> dict[str, ResultRecording | None]:
        """The files in the order of their names, each with its digest where that came with a part."""
        return {name: self._files[name].recording for name in sorted(self._files)}

    @property
    def _target_data(self) -> dict[str, Any]:
        return self._target[2] if self._target else {}

    def remarks(self) -> Iterator[Remark]:
        """What could not be read, and what may be meant otherwise."""
        for name in sorted(self._files):
            yield from self._files[name].all_remarks(Path(name).name)
        if self._azure:
            name = next((each for each in edition_ids() if each.startswith("azure")), DEFAULT_EDITION)
            words = f"{plural(self._azure, 'exchange')} went to Azure; `--edition {name}` judges them by its contract"
            yield Remark("edition", words)

    def all_remarks(self) -> Iterator[Remark]:
        """Besides, what was left out."""
        yield from self.remarks()
        yield from self._selection.left_out.remarks()

    def _raise_if_illegible(self) -> None:
        failures = [self._files[name].failure(Path(name).name) for name in sorted(self._files)]
        if failures and all(failures):
            raise RecordingError(failures[0])


def _difference(one: Scope, other: Scope) -> str:
    names = ("antiphon", "edition", "select", "filter", "provider")
    name = next(name for name in names if getattr(one, name) != getattr(other, name))
    return f"was judged with {name} {getattr(one, name) or 'none'}, not with {getattr(other, name) or 'none'}"
