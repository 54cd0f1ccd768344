"""Measure real servers against real clients: what each client does with each, beside what a run predicts.

    python -m tools.measure_servers --folder measured-servers                # the eight servers, every client
    python -m tools.measure_servers --folder measured-servers aimock prism   # these servers

Each server is installed and started as its recipe in implementations/ says; the cases of clients/ are played against
it, and `antiphon run --client` for each client. What was played stays in the folder, and is not played again. The table
is printed at the end; `python -m tools.clients.agreement` prints it again, and what was predicted wrongly, and
`python -m tools.clients.server_marks` publishes what the clients did.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from tools.clients.agreement import read_agreement, table_of
from tools.clients.harness import client_ids, pattern_of_others, read_features, run_harness
from tools.clients.server_play import ServerPlay

from antiphon.clients.needs import all_needs
from antiphon.errors import AntiphonError
from antiphon.matrix.recipe import recipes, subjects
from antiphon.matrix.run import MatrixFolders

IMPLEMENTATIONS = Path(__file__).parents[1] / "implementations"
SERVERS = (
    "aimock@1.43.0", "prism", "open-responses-server", "fastresponses", "llama-server", "litellm", "ogx",
    "transformers",
)  # fmt: skip


@click.command(help=__doc__)
@click.argument("servers", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("measured-servers"), help="Where it stays.")
@click.option("--installed", type=click.Path(path_type=Path), help="Where servers are installed.")
@click.option("--client", "clients", multiple=True, help="Only this client, as clients/clients.tsv names it.")
def main(servers: tuple[str, ...], folder: Path, installed: Path | None, clients: tuple[str, ...]) -> None:
    """Play and predict, and print the table."""
    chosen = clients or tuple(name for name, id in client_ids().items() if id in all_needs())
    folder.mkdir(parents=True, exist_ok=True)
    features = folder / "features.tsv"
    if not features.is_file():
        features.write_text(run_harness("http://127.0.0.1:1/v1", chosen, LIST="1"), encoding="utf-8")
    skipped = pattern_of_others(read_features(features))
    folders = MatrixFolders(IMPLEMENTATIONS, folder, folder, installed)
    failed = False
    for subject in subjects(recipes(IMPLEMENTATIONS), servers or SERVERS):
        try:
            ServerPlay(subject, folders, chosen, skipped, click.echo).play()
        except AntiphonError as error:
            failed = True
            click.echo(f"measure_servers: {error}", err=True)
    click.echo("\n".join(table_of(read_agreement(folder, read_features(features)))))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
