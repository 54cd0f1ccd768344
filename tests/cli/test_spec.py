"""`antiphon spec` prints the contract for other tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from antiphon.cli.spec import command
from antiphon.errors import ConfigError


def said(*arguments: str) -> str:
    ran = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_a_bundle_is_the_same_in_both_forms(tmp_path: Path) -> None:
    said("--bundle", "--out", str(tmp_path / "api.json"))

    assert json.loads((tmp_path / "api.json").read_text()) == yaml.safe_load(said("--bundle"))


def test_a_bundle_is_of_the_edition_that_was_asked_for() -> None:
    value = json.loads(said("--bundle", "--json", "--edition", "open-responses-2026-04-24"))

    assert value["x-edition"] == "open-responses-2026-04-24"
    assert list(value["paths"]) == ["/responses", "/responses/compact"]


def test_a_schema_is_printed_by_kind_and_type() -> None:
    value = json.loads(said("--schema", "event", "--type", "response.output_text.delta", "--json"))

    assert value["$ref"] == "#/$defs/events.output.response.output_text.delta"
    assert "delta" in value["$defs"]["events.output.response.output_text.delta"]["properties"]


def test_pages_are_written(tmp_path: Path) -> None:
    assert str(tmp_path / "events.md") in said("--docs", str(tmp_path))
    assert (tmp_path / "requirements" / "stream.md").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Give one of"),
        (["--bundle", "--schema", "event"], "Give one of"),
        (["--bundle", "--type", "error"], "give --schema"),
        (["--schema", "evnt"], "did you mean event"),
        (["--schema", "usage", "--type", "x"], "one form only"),
        (["--bundle", "--edition", "openai-2026"], "did you mean openai-2026-08"),
        (["--bundle", "--out", "/nowhere/api.yaml"], "cannot be written"),
    ],
)
def test_a_wrong_call_is_told_the_cure(arguments: list[str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        CliRunner().invoke(command, arguments, catch_exceptions=False)
