"""Clients that were measured with a server are marked in its cells, and what was predicted stands beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.report import made
from tools.clients.server_marks import main, short

from antiphon.errors import ConfigError
from antiphon.matrix.measured_clients import measured_clients, measured_path, measured_text
from antiphon.matrix.recipe import Recipe, Subject
from antiphon.report.result_model import Result
from antiphon.report.site.client_cell import ClientCell, MeasuredClient, MeasuredFeature, Measurements, client_cell
from antiphon.report.site.matrix import as_markdown, as_page

SUBJECT = Subject(Recipe("mock", Path("mock"), {}), "1.0")
NO_TEXT = MeasuredFeature(works=False, says="create: ValueError: no text")


def measured(**features: MeasuredFeature) -> MeasuredClient:
    return MeasuredClient("openai 3.52.0", "2026-11-30", features)


def cell(found: MeasuredClient | None, works: bool | None, **states: str) -> ClientCell:
    features = {name: {"state": state} for name, state in states.items()}
    client: Any = {"title": "Codex", "version": "1", "works": works, "broken": [], "unknown": 0, "features": features}
    return ClientCell("codex", "mock 1.0", client, found)


def test_what_was_measured_goes_before_what_was_predicted() -> None:
    found = cell(measured(text=MeasuredFeature(True), stream=NO_TEXT), True, text="works", stream="works")

    assert (found.works, found.differs, found.answer, found.predicted_answer) == (
        False,
        True,
        "✗ no",
        "predicted ✓ yes",
    )
    assert found.text == "✗ ◉ measured, predicted ✓"
    assert found.label == (
        "✗ no ◉ measured: 1 of 2 features of codex worked with mock 1.0 on 2026-11-30; predicted ✓ yes"
    )
    assert found.as_json() == {
        "works": False, "predicted": True,
        "measured": {
            "package": "openai 3.52.0", "date": "2026-11-30", "differs": True,
            "features": {
                "text": {"works": True, "says": "", "predicted": "works"},
                "stream": {"works": False, "says": "create: ValueError: no text", "predicted": "works"},
            },
        },
    }  # fmt: skip


def test_where_both_agree_the_prediction_is_not_said_again() -> None:
    found = cell(measured(text=NO_TEXT), False, text="fails")

    assert (found.differs, found.text) == (False, "✗ ◉ measured")
    assert [row.other for row in found.rows] == [""]


def test_what_the_server_declines_does_not_count_and_is_marked_so() -> None:
    found = cell(measured(text=MeasuredFeature(True), websocket=NO_TEXT), True, text="works", websocket="declined")

    assert (found.works, found.tally) == (True, "1 of 1 features")
    assert [(row.mark, row.state) for row in found.rows] == [("✓", "works"), ("–", "declined")]


def test_nothing_is_said_of_a_client_all_of_whose_features_are_declined() -> None:
    assert cell(measured(websocket=NO_TEXT), None, websocket="declined").works is None


def test_a_cell_without_a_measurement_has_no_mark() -> None:
    found = cell(None, True, text="works")

    assert (found.works, found.text, found.rows, found.differs) == (True, "✓", [], False)
    assert found.as_json() == {"works": True, "predicted": True, "measured": None}


@pytest.fixture
def server() -> Result:
    """A server whose clients were predicted, in a version."""
    result = made.clean()
    return {**result, "target": {**result["target"], "name": "mock", "version": "1.0"}}


def of(server: str, result: Result, feature: MeasuredFeature) -> Measurements:
    return {server: dict.fromkeys(result["clients"], measured(text=feature))}


def test_a_mark_is_text_with_an_accessible_name_and_leads_to_the_evidence(server: Result) -> None:
    page = as_page([server], {"mock": "implementations/mock.html"}, of("mock@1.0", server, NO_TEXT))
    name = next(iter(server["clients"]))
    link = re.search(rf'<a class="v fail" href="implementations/mock.html#client.{name}" aria-label="([^"]+)">', page)

    assert link is not None
    assert link[1].startswith("✗ no ◉ measured: 0 of 1 features")
    assert page.count("◉ measured</span>") == len(server["clients"])
    assert "where the client itself was played" in page
    assert "✗ ◉ measured" in as_markdown([server], of("mock@1.0", server, NO_TEXT))


@pytest.mark.parametrize("other", ["mock@1.1", "mick@1.0"])
def test_another_version_or_server_is_not_marked(other: str, server: Result) -> None:
    found = of(other, server, NO_TEXT)

    assert {client_cell(server, "mock", name, found).measured for name in server["clients"]} == {None}
    assert "◉ measured</span>" not in as_page([server], {}, found)


def write(reports: Path, values: Mapping[str, Any]) -> None:
    path = measured_path(reports, SUBJECT)
    path.parent.mkdir()
    path.write_text(json.dumps(values), encoding="utf-8")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    clients = {"codex": measured(text=MeasuredFeature(True), stream=NO_TEXT)}
    write(tmp_path, json.loads(measured_text("mock@1.0", "2026-11-30", clients)))

    assert measured_clients(tmp_path, SUBJECT) == clients
    assert measured_clients(tmp_path / "none", SUBJECT) == {}


CLIENT = {"package": "openai 1", "features": {"text": {"works": True}}}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"server": "mock@2"}, "it is of mock@2"),
        ({"date": "today"}, "date: "),
        ({"clients": {"codex": {**CLIENT, "versoin": "1"}}}, "versoin"),
        ({"clients": {"codex": {**CLIENT, "features": {"text": {"works": False}}}}}, "says"),
        ({"clients": {}}, "clients: "),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_told_in_a_sentence(
    more: Mapping[str, Any], words: str, tmp_path: Path
) -> None:
    write(tmp_path, {"server": "mock@1.0", "date": "2026-11-30", "clients": {"codex": CLIENT}, **more})

    with pytest.raises(ConfigError, match=words):
        measured_clients(tmp_path, SUBJECT)


def play(folder: Path, server: str, *, versions: str = "openai-py\topenai\t3.52.0\n") -> list[str]:
    """Write what was played with a server; the command that publishes it."""
    (folder / server).mkdir(parents=True)
    rows = ("create\tok", "stream\tFAIL [EXC] ValueError: no text in /tmp/x/y.json")
    played = "".join(f"none\topenai-py\t{row}\t0.1\n" for row in rows)
    (folder / server / "played.tsv").write_text(played, encoding="utf-8")
    (folder / server / "versions.tsv").write_text(versions, encoding="utf-8")
    features = folder / "features.tsv"
    features.write_text("openai-py\tcreate\ttext\nopenai-py\tstream\tstream\n", encoding="utf-8")
    return [str(folder), "--features", str(features), "--reports", str(folder / "reports")]


def test_the_command_publishes_what_clients_did_without_paths_of_the_machine(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, play(tmp_path, "prism@5.16.0"))

    written = json.loads((tmp_path / "reports" / "clients" / "prism@5.16.0.json").read_text(encoding="utf-8"))
    assert done.exit_code == 0
    assert written["clients"] == {
        "openai-python": {
            "package": "openai 3.52.0",
            "features": {
                "text": {"works": True},
                "stream": {"works": False, "says": "stream: ValueError: no text in …"},
            },
        }
    }


def test_a_server_that_wants_headers_of_its_own_is_not_published(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, play(tmp_path, "portkey@1.15.2"))

    assert (done.exit_code, done.output) == (0, "")


def test_a_client_whose_version_is_not_known_is_not_published(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, play(tmp_path, "prism@5.16.0", versions=""))

    assert done.exit_code == 1
    assert "no versions.tsv says which version of openai-python" in done.output


def test_a_long_exception_is_cut_and_an_address_is_left() -> None:
    assert short("a: FAIL [EXC] X: http://127.0.0.1/tmp/a is gone") == "a: X: http://127.0.0.1/tmp/a is gone"
    assert len(short("a: " + "x" * 900)) == 160
