"""Parts of a judgement: what they find adds up to the whole, however the exchanges are split."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

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
from antiphon.report.formats import FORMATS
from antiphon.report.seal import with_digest
from antiphon.report.write import write_all
from antiphon.run import judge_workers, whole_recording
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


def _shown(part: JudgementPart, folder: Path) -> dict[str, bytes]:
    """All that a user gets, byte by byte: every report, and the remarks. Only when it was made is left out."""
    result = with_digest({**part.result(), "started_at": "2026-11-30T00:00:00+00:00", "duration": 0.0})
    write_all(result, folder, FORMATS)
    files = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    return files | {"remarks": "\n".join(map(str, part.all_remarks())).encode()}


@pytest.fixture(scope="module")
def alone(recordings: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process shows."""
    return _shown(judged_part(JudgeOptions(recordings)), tmp_path_factory.mktemp("alone"))


@pytest.mark.parametrize("seed", range(3))
def test_parts_add_up_to_the_whole_however_it_is_split(
    seed: int, recordings: tuple[Path, ...], alone: dict[str, bytes], tmp_path: Path
) -> None:
    random, options = Random(seed), JudgeOptions(recordings)
    parts = [JudgementPart(options) for _ in range(random.randint(2, 4))]
    pieces = _pieces(recordings, random.choice((1, 5_000, 100_000)))

    for piece, file in random.sample(pieces, len(pieces)):
        random.choice(parts).take(piece, file)
    written = [tmp_path / f"{number}.json" for number in range(len(parts))]
    for part, path in zip(parts, written, strict=True):
        path.write_bytes(part.dump())

    assert _shown(merged_part(random.sample(written, len(written))), tmp_path / "report") == alone


def test_a_part_merges_where_its_files_are_not(recordings: tuple[Path, ...], tmp_path: Path) -> None:
    copies = [tmp_path / each.name for each in recordings]
    for copy, original in zip(copies, recordings, strict=True):
        copy.write_bytes(original.read_bytes())
        judged_part(JudgeOptions([copy])).write(tmp_path / f"{copy.name}.json")
    alone = _shown(judged_part(JudgeOptions(copies)), tmp_path / "alone")
    for copy in copies:
        copy.unlink()

    assert _shown(merged_part([tmp_path / f"{each.name}.json" for each in copies]), tmp_path / "merged") == alone


def test_parts_make_scripts_of_several_calls(alone: dict[str, bytes]) -> None:
    assert any(b"\nstep 2 " in content for name, content in alone.items() if name.startswith("repeat/"))


def test_processes_find_what_one_finds(recordings: tuple[Path, ...], alone: dict[str, bytes], tmp_path: Path) -> None:
    assert _shown(judged_part(JudgeOptions(recordings[::-1], jobs=2), small=0), tmp_path) == alone


@pytest.mark.parametrize(("bound", "most"), [("MOST_EXCHANGES", 20), ("MOST_BYTES", 10_000)])
def test_large_recordings_have_no_scripts_of_several_calls_however_they_are_split(
    bound: str, most: int, recordings: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_recording, bound, most)
    parts = [JudgementPart(JudgeOptions(recordings)) for _ in range(3)]
    for number, (piece, file) in enumerate(_pieces(recordings, 5_000)):
        parts[number % 3].take(piece, file)
    for other in parts[1:]:
        parts[0].add(other.dump(), "another")

    shown = _shown(parts[0], tmp_path / "parts")
    assert shown == _shown(judged_part(JudgeOptions(recordings)), tmp_path / "alone")
    assert not any(b"\nstep 2 " in content for name, content in shown.items() if name.startswith("repeat/"))


def test_what_was_left_out_and_what_may_be_meant_are_told_of_parts_too(tmp_path: Path) -> None:
    created = exchange_of({"like": "plain"}, "azure/1")
    recorded, options = tmp_path / "azure.jsonl", JudgeOptions([tmp_path / "azure.jsonl"], sample="0.001%")
    recorded.write_text(dump(replace(created, notes=created.notes | {"provider:azure"})) + "\n")
    parts = [judged_part(options), judged_part(replace(options, sample=None))]
    said = [[str(each) for each in part.all_remarks()] for part in parts]
    for number, part in enumerate(parts):
        part.write(tmp_path / f"{number}.json")

    assert "1 exchange outside the sample of 0.001%" in said[0][0]
    assert "went to Azure" in said[1][0]
    for number, remarks in enumerate(said):
        assert [str(each) for each in merged_part([tmp_path / f"{number}.json"]).all_remarks()] == remarks


def test_a_part_of_which_nothing_could_be_read_is_told_and_merges(recordings: tuple[Path, ...], tmp_path: Path) -> None:
    odd = tmp_path / "odd.jsonl"
    odd.write_text("<html>")
    with pytest.raises(RecordingError, match="is HTML"):
        judged_part(JudgeOptions([odd])).write(tmp_path / "odd.json")
    judged_part(JudgeOptions(recordings[:1])).write(tmp_path / "made.json")

    merged = merged_part([tmp_path / "odd.json", tmp_path / "made.json"])

    assert ["is HTML" in str(each) for each in merged.remarks()] == [True]


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


def test_a_recording_that_two_parts_hold_is_counted_once_or_not_at_all(
    recordings: tuple[Path, ...], tmp_path: Path
) -> None:
    one, both = tmp_path / "one.json", tmp_path / "both.json"
    for file, held in ((one, recordings[:1]), (both, recordings)):
        assert CliRunner().invoke(command, [*map(str, held), "--partial", str(file)]).exit_code == 0

    for parts in ([one, one], [one, both]):
        with pytest.raises(RecordingError, match="would count twice"):
            merged_part(parts)


def test_parts_of_another_edition_do_not_add_up(recordings: tuple[Path, ...], tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, edition in zip(paths, ("openai-2026-08", "azure-2026"), strict=True):
        path.write_bytes(JudgementPart(JudgeOptions((), edition)).dump())

    with pytest.raises(RecordingError, match=r"b\.json: was judged with edition azure-2026, not with openai-2026-08"):
        merged_part(paths)
