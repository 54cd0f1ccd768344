"""Publish what real clients did with real servers, which marks the cells of the matrix in which they were measured.

    python -m tools.clients.server_marks FOLDER --features FILE --reports reports
    antiphon matrix site

FOLDER has one folder for each server, as `python -m tools.measure_servers` leaves them. Written is
`clients/NAME@VERSION.json` of the reports; what was published of other servers stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from tools.clients.agreement import played_features
from tools.clients.harness import client_ids, read_features, without_places
from tools.clients.server_play import PLAYED, VERSIONS

from antiphon.errors import AntiphonError, ConfigError
from antiphon.matrix.measured_clients import measured_path, measured_text
from antiphon.matrix.recipe import Subject, recipes, subjects
from antiphon.report.files import write_atomically
from antiphon.report.site.client_cell import MeasuredClient, MeasuredFeature
from antiphon.report.text import shorten, visible

IMPLEMENTATIONS = Path(__file__).parents[2] / "implementations"
LONGEST = 160
KIND = re.compile(r"FAIL \[\w+\] ")


def measured_servers(folder: Path, known: Sequence[Subject]) -> Iterator[Subject]:
    """The known servers that a folder has measured. One that wants headers of its own cannot be."""
    for subject in known:
        if (folder / subject.name / PLAYED).is_file() and not subject.recipe.values.get("headers"):
            yield subject


def clients_of(
    server: Path, cases: Mapping[str, Sequence[str]], versions: Mapping[str, str], day: str
) -> dict[str, MeasuredClient]:
    """What each client did with a server, by its id. Raises ConfigError where its version is not known."""
    features: dict[str, dict[str, MeasuredFeature]] = {}
    for (client, feature), ends in played_features(server, cases).items():
        failed = next(filter(None, ends), "")
        features.setdefault(client, {})[feature] = MeasuredFeature(not failed, short(failed))
    if unknown := sorted(features.keys() - versions.keys()):
        raise ConfigError(f"{server}: no {VERSIONS} says which version of {', '.join(unknown)} was played.")
    return {client: MeasuredClient(versions[client], day, found) for client, found in features.items()}


def short(said: str) -> str:
    """A case and its exception on one line, without paths of this machine."""
    return shorten(visible(without_places(KIND.sub("", said, count=1))), LONGEST)


def read_versions(folder: Path) -> dict[str, str]:
    """Package and version by the id of a client. The clients of a measurement are installed once for all servers."""
    ids = client_ids()
    rows = [
        line.split("\t")
        for path in sorted(folder.glob(f"*/{VERSIONS}"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {ids[name]: f"{package} {version}" for name, package, version in rows}


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--features", type=click.Path(path_type=Path, exists=True), required=True, help="What LIST=1 prints.")
@click.option("--reports", type=click.Path(path_type=Path), default=Path("reports"), show_default=True)
def main(folder: Path, features: Path, reports: Path) -> None:
    """Write a file for each server."""
    cases, versions = read_features(features), read_versions(folder)
    try:
        for subject in measured_servers(folder, subjects(recipes(IMPLEMENTATIONS), ())):
            server = folder / subject.name
            day = datetime.fromtimestamp((server / PLAYED).stat().st_mtime, UTC).date().isoformat()
            path = measured_path(reports, subject)
            write_atomically(path, measured_text(subject.name, day, clients_of(server, cases, versions, day)))
            click.echo(path)
    except AntiphonError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
