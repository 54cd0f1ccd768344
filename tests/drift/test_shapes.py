"""A field of another type, or one that is required now, is told; and what small sources have that is new."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antiphon.cli.drift import command
from antiphon.contract.paths import spec_dir
from antiphon.drift import compare, document, recorded_shapes, sdk
from antiphon.drift.inventory import Inventory
from antiphon.errors import Exit

INTEGER = {"type": "integer"}
SMALL: dict[str, Any] = {
    "info": {"version": "1"},
    "paths": {
        "/responses/{response_id}": {
            "get": {"parameters": [{"name": "starting_after", "in": "query", "schema": INTEGER}]},
            "delete": {},
        }
    },
    "components": {
        "schemas": {
            "ResponseUsage": {
                "type": "object",
                "required": ["input_tokens", "output_tokens"],
                "properties": {
                    "input_tokens": INTEGER,
                    "output_tokens": {"anyOf": [INTEGER, {"type": "null"}]},
                    "total_tokens": INTEGER,
                },
            },
            "CompactResource": {"type": "object", "properties": {"object": {"enum": ["response.compaction"]}}},
        }
    },
}


def changed() -> dict[str, Any]:
    value = copy.deepcopy(SMALL)
    (query,) = value["paths"]["/responses/{response_id}"]["get"]["parameters"]
    query["schema"] = {"type": "string"}
    value["paths"]["/responses/{response_id}"]["get"]["parameters"].append({"name": "depth", "in": "query"})
    value["paths"]["/responses/{response_id}"]["delete"]["parameters"] = [{"name": "force", "in": "query"}]
    usage = value["components"]["schemas"]["ResponseUsage"]
    usage["required"] = ["output_tokens", "total_tokens"]
    usage["properties"]["moon_tokens"] = INTEGER
    usage["properties"]["output_tokens"] = {"type": "number"}
    value["components"]["schemas"]["CompactResource"]["properties"]["object"]["enum"].append("moon")
    return value


def news(source: str, now: Inventory, before: Inventory, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What is told of a source that was not told of the one before it."""
    shapes = recorded_shapes.shapes_of(before)
    monkeypatch.setattr(compare, "recorded_shapes", lambda _: shapes)
    known = compare.rows({source: before})
    return [
        (row["moved"], row["what"], row["kind"], row["name"], row.get("change", ""))
        for row in compare.rows({source: now})
        if row not in known
    ]


def test_a_document_tells_fields_values_parameters_and_types(monkeypatch: pytest.MonkeyPatch) -> None:
    assert news("document", document.inventory(changed()), document.inventory(SMALL), monkeypatch) == [
        ("document added it", "field", "query.delete", "force", ""),
        ("document added it", "field", "query.retrieve", "depth", ""),
        ("document added it", "field", "usage", "moon_tokens", ""),
        ("document added it", "value", "compaction", "object=moon", ""),
        ("document changed it", "field", "query.retrieve", "starting_after", "integer, optional → string, optional"),
        ("document changed it", "field", "usage", "input_tokens", "integer, required → integer, optional"),
        ("document changed it", "field", "usage", "output_tokens", "integer or null, required → number, required"),
        ("document changed it", "field", "usage", "total_tokens", "integer, optional → integer, required"),
    ]


PACKAGE = """
from typing import Literal, Optional
from pydantic import BaseModel

class ResponseUsage(BaseModel):
    input_tokens: int
    output_tokens: OUTPUT
    total_tokens: TOTAL
"""


def package(folder: Path, name: str, output: str, total: str) -> str:
    """The name of a package that has one type of the client's."""
    types = folder / name / "types"
    for each in (types / "responses", types / "beta"):
        each.mkdir(parents=True)
    for each in (folder / name, types):
        (each / "__init__.py").touch()
    (types / "beta" / "__init__.py").write_text("class BetaResponse: ...\n")
    (types / "responses" / "__init__.py").write_text(PACKAGE.replace("OUTPUT", output).replace("TOTAL", total))
    return name


def test_an_sdk_tells_a_type_and_what_is_required_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    found = []
    for name in (
        package(tmp_path, "client_before", "int", "Optional[int] = None"),
        package(tmp_path, "client_after", "str", "int"),
    ):
        monkeypatch.setattr(sdk, "PACKAGE", name)
        found.append(sdk.inventory())

    assert news("sdk", found[1], found[0], monkeypatch) == [
        ("sdk changed it", "field", "usage", "output_tokens", "integer, required → string, required"),
        ("sdk changed it", "field", "usage", "total_tokens", "integer or null, optional → integer, required"),
    ]


def test_a_type_of_a_beta_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sdk, "PACKAGE", package(tmp_path, "client_with_beta", "int", "int"))
    inventory = sdk.inventory()

    assert ("type", "beta", "BetaResponse") in inventory.entries
    assert not [row for row in compare.rows({"sdk": inventory}) if row["kind"] == "beta" and row["what"] == "type"]


def test_shapes_are_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shapes.json").write_text('{"sdk": {"version": "1", "kinds": {"usage": {"a": "string"}}}}')
    (tmp_path / "api.json").write_text(json.dumps(SMALL))
    with monkeypatch.context() as patch:
        patch.setattr(recorded_shapes, "spec_dir", lambda: tmp_path)
        recorded_shapes.recordings.cache_clear()
        ran = CliRunner().invoke(command, ["--openapi", str(tmp_path / "api.json"), "--record"], standalone_mode=False)
    recorded_shapes.recordings.cache_clear()

    assert ran.return_value == Exit.STALE
    assert " changed it" not in ran.output
    kept = json.loads((tmp_path / "shapes.json").read_text(encoding="utf-8"))
    assert kept["sdk"] == {"version": "1", "kinds": {"usage": {"a": "string"}}}
    assert kept["document"]["version"] == "1"
    assert kept["document"]["kinds"]["usage"] == {
        "input_tokens": "integer!", "output_tokens": "integer|null!", "total_tokens": "integer",
    }  # fmt: skip


def test_what_is_recorded_is_written_as_it_is() -> None:
    recorded_shapes.recordings.cache_clear()
    path = spec_dir() / "shapes.json"
    assert recorded_shapes.as_text(recorded_shapes.recordings()) == path.read_text(encoding="utf-8")
