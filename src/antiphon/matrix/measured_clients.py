"""What real clients did with an implementation, where that was measured: `clients/NAME@VERSION.json` of the reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antiphon.errors import ConfigError
from antiphon.matrix.recipe import Subject, check_values
from antiphon.report.site.client_cell import MeasuredClient, MeasuredFeature

FOLDER, SCHEMA = "clients", "measured-clients"


def measured_path(reports: Path, subject: Subject) -> Path:
    """Where it stands what clients did with an implementation."""
    return reports / FOLDER / f"{subject.name}.json"


def measured_clients(reports: Path, subject: Subject) -> dict[str, MeasuredClient]:
    """The measured clients of an implementation; none where it was not measured. Raises ConfigError."""
    path = measured_path(reports, subject)
    if not path.is_file():
        return {}
    values = _read(path)
    if values["server"] != subject.name:
        raise ConfigError(f"{path}: it is of {values['server']}; name the file so.")
    return {client: _client(each, values["date"]) for client, each in values["clients"].items()}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        values: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON ({error}).") from None
    check_values(path, SCHEMA, values)
    return values


def _client(values: Mapping[str, Any], date: str) -> MeasuredClient:
    features = {name: MeasuredFeature(**each) for name, each in values["features"].items()}
    return MeasuredClient(values["package"], date, features)


def measured_text(server: str, date: str, clients: Mapping[str, MeasuredClient]) -> str:
    """The text of such a file, with one client a line."""
    rows = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(_values(clients[name]), ensure_ascii=False)}" for name in sorted(clients)
    )
    return f'{{"server": {json.dumps(server)}, "date": {json.dumps(date)}, "clients": {{\n{rows}\n}}}}\n'


def _values(client: MeasuredClient) -> dict[str, Any]:
    features = {
        name: {"works": each.works} | ({"says": each.says} if each.says else {})
        for name, each in client.features.items()
    }
    return {"package": client.package, "features": features}
