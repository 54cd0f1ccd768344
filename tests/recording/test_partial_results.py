"""Parts of a judgement: what they find adds up to the whole, however the exchanges are split."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench.large import SAMPLE
from click.testing import CliRunner
from tests.judge.exchanges import exchange_of
from tests.judge.test_checks_relations import RELATED
from tests.judge.test_states_added import LISTED, UNROUTED

from antiphon.cli.judge import command
from antiphon.errors import RecordingError
from antiphon.recording.importers.pieces import Piece, pieces_of
from antiphon.recording.records import dump
from antiphon.recording.source import Remark
from antiphon.run import judge_workers
from antiphon.run.judge_files import judged_part, merged_part
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.judge_workers import WorkerFailure
from antiphon.run.part import JudgementPart


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Recorded exchanges with damaged lines among them, and a transcript of those that relations compare."""
    folder = tmp_path_factory.mktemp("recordings")
    lines = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)[::4]
    recorded, made = folder / "recorded.jsonl", folder / "made.jsonl"
    recorded.write_bytes(b"".join([lines[0], b'{"odd": 1}\n\n', *lines[1:], b'{"cut']))
    compared = [case for good, bad in RELATED.values() for case, _ in (*good, *bad)] + [UNROUTED, LISTED]
    exchanges = [
        exchange_of({**case, "started_at": 1780000000.0 + at}, f"made/{at}") for at, case in enumerate(compared)
    ]
    made.write_text("".join(dump(exchange) + "\n" for exchange in exchanges))
    return made, recorded


def _pieces(files: Iterable[Path], block: int) -> list[tuple[Piece, str]]:
    return [(piece, str(file)) for file in files for piece in pieces_of(file, block) if not isinstance(piece, Remark)]


def _shown(part: JudgementPart) -> tuple[dict[str, Any], list[str]]:
    """All that a user is shown but for when it was made."""
    remarks = [str(each) for each in part.remarks()]
    return {**part.result(), "started_at": "", "duration": 0.0}, remarks


def _one_part(options: JudgeOptions, folder: Path) -> JudgementPart:
    """A single part, written and read again; only what judges all by itself has scripts of several exchanges."""
    path = folder / "one.json"
    path.write_bytes(judged_part(options).dump())
    return merged_part([path])


@pytest.mark.parametrize("seed", range(3))
def test_parts_add_up_to_the_whole_however_it_is_split(seed: int, recordings: tuple[Path, ...], tmp_path: Path) -> None:
    random, options = Random(seed), JudgeOptions(recordings)
    parts = [JudgementPart(options) for _ in range(random.randint(2, 4))]
    pieces = _pieces(recordings, random.choice((1, 5_000, 100_000)))

    for piece, file in random.sample(pieces, len(pieces)):
        random.choice(parts).take(piece, file)
    written = [tmp_path / f"{number}.json" for number in range(len(parts))]
    for part, path in zip(parts, written, strict=True):
        path.write_bytes(part.dump())

    assert _shown(merged_part(random.sample(written, len(written)))) == _shown(_one_part(options, tmp_path))


def test_processes_find_what_one_finds(recordings: tuple[Path, ...], tmp_path: Path) -> None:
    one, several = JudgeOptions(recordings), JudgeOptions(recordings, jobs=2)

    assert _shown(judged_part(several, small=0)) == _shown(_one_part(one, tmp_path))


def test_a_process_that_is_killed_is_told_in_a_sentence(
    recordings: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JudgementPart, "take", lambda self, piece, file: os.kill(os.getpid(), 9))
    options = JudgeOptions(recordings, jobs=2)

    with pytest.raises(WorkerFailure, match="ended early \\(signal 9\\)"):
        judge_workers.judge_in_processes(options, _pieces(recordings, 5_000), JudgementPart(options))


def test_parts_are_written_and_merged_on_the_command_line(recordings: tuple[Path, ...], tmp_path: Path) -> None:
    written = [tmp_path / f"{number}.json" for number in range(2)]
    for file, path in zip(recordings, written, strict=True):
        done = CliRunner().invoke(command, [str(file), "--partial", str(path)], standalone_mode=False)
        assert done.return_value == 0

    merged = CliRunner().invoke(
        command, ["--merge", *map(str, written), "--report-dir", str(tmp_path / "report")], standalone_mode=False
    )

    assert merged.return_value == 1
    assert (tmp_path / "report" / "result.json").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "no part of a judgement"), ("{}", "no part of a judgement"), (None, "no such file|cannot be read")],
)
def test_what_is_no_part_is_told(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(RecordingError, match=said):
        merged_part([path])


def test_parts_of_another_edition_do_not_add_up(recordings: tuple[Path, ...], tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, edition in zip(paths, ("openai-2026-08", "azure-2026"), strict=True):
        path.write_bytes(JudgementPart(JudgeOptions((), edition)).dump())

    with pytest.raises(RecordingError, match=r"b\.json: was judged with edition azure-2026, not with openai-2026-08"):
        merged_part(paths)
