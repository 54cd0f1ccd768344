"""How right the features predicted of clients on real servers are: what was predicted beside what the clients did.

    python -m tools.clients.agreement FOLDER --features FILE [--calls 25] [--wrong]

FOLDER has one folder for each server, as `python -m tools.measure_servers` leaves them. A feature works where one of
its cases ended well and none raised, lost or changed something; a case that is skipped shows nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from tools.clients.client_run import PlayedServer
from tools.clients.derive import CHOKES
from tools.clients.harness import client_ids, looked_at, read_features
from tools.clients.server_play import PLAYED, RESULT, read_rows

from antiphon.clients.contents import UNFIT_ARGUMENTS, UNFIT_TEXT
from antiphon.clients.verdicts import WORDS

WORKS, FAILS, DECLINED, UNKNOWN = "works", "fails", "declined", "unknown"
OF_MODEL = ("comes, which it asked for", WORDS[UNFIT_ARGUMENTS], WORDS[UNFIT_TEXT])
MARKS = {WORKS: "✓", FAILS: "✗", DECLINED: "–", UNKNOWN: "?"}


@dataclass(frozen=True)
class PredictedFeature:
    """A feature of a client on a server: what was predicted and why, and what the client did, in its own words."""

    server: str
    client: str
    feature: str
    state: str
    why: str
    works: bool
    says: str

    @property
    def is_decided(self) -> bool:
        """Something was predicted."""
        return self.state != UNKNOWN

    @property
    def is_of_model(self) -> bool:
        """It fails for what the server's model says, which calls no tool that is forced, or follows no schema."""
        return self.state == FAILS and any(words in self.why for words in OF_MODEL)

    @property
    def is_right(self) -> bool:
        """What was predicted is what the client did; what the server declines must not have worked."""
        return (self.state == WORKS) is self.works


def read_agreement(
    folder: Path, cases: Mapping[str, Sequence[str]], most_calls: int | None = None
) -> list[PredictedFeature]:
    """Every feature of the servers of which both is there; with a bound, as a run for each client predicts it."""
    servers = sorted(path.parent for path in folder.glob(f"*/{PLAYED}") if (path.parent / RESULT).is_file())
    return [each for server in servers for each in features_of(server, cases, most_calls)]


def features_of(
    server: Path, cases: Mapping[str, Sequence[str]], most_calls: int | None = None
) -> Iterator[PredictedFeature]:
    """Every feature that was both predicted and played on a server, by the folder of what it showed."""
    did = played_features(server, cases)
    predicted = _predicted(server, sorted({client for client, _ in did}), most_calls)
    for (client, feature), (state, why) in predicted.items():
        if ends := did.get((client, feature)):
            yield PredictedFeature(server.name, client, feature, state, why, not any(ends), max(ends, key=bool))


def played_features(server: Path, cases: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, str], list[str]]:
    """By client and feature, how each case ended: what it raised, lost or changed, empty where it ended well."""
    ids, chosen = client_ids(), looked_at(cases)
    did: dict[tuple[str, str], list[str]] = defaultdict(list)
    for _, client, case, said, _ in read_rows(server / PLAYED):
        name = f"{client}: {case}"
        for feature in cases[name] if name in chosen and not said.startswith("skip") else ():
            did[ids[client], feature].append(f"{case}: {said}" if said.startswith(CHOKES) else "")
    return did


def _predicted(server: Path, clients: Sequence[str], most_calls: int | None) -> dict[tuple[str, str], tuple[str, str]]:
    """State and reason by client and feature."""
    if most_calls is None:
        said = json.loads((server / RESULT).read_text(encoding="utf-8"))["clients"]
        rows = {client: said[client]["features"] for client in clients}
    else:
        judged = PlayedServer(server)
        rows = {
            client: {name: asdict(each) for name, each in judged.features(client, most_calls).items()}
            for client in clients
        }
    return {
        (client, feature): (each["state"], " ".join(each.get(name, "") for name in ("requirement", "why", "exchange")))
        for client, features in rows.items() for feature, each in features.items()
    }  # fmt: skip


def table_of(features: Sequence[PredictedFeature]) -> Iterator[str]:
    """Lines of the confusion table, over all and for each server."""
    counts = Counter((each.state, each.works) for each in features)
    yield f"{'predicted':<12}{'it works':>12}{'it does not':>14}"
    for state, mark in MARKS.items():
        yield f"{mark} {state:<10}{counts[state, True]:>12}{counts[state, False]:>14}"
    yield ""
    yield f"{'server':<32}{'features':>9}{'decided':>9}{'right':>8}"
    for server in sorted({each.server for each in features}):
        yield _row(server, [each for each in features if each.server == server])
    yield _row("all", features)
    yield _row("without forced calls and schemas", [each for each in features if not each.is_of_model])


def _row(name: str, features: Sequence[PredictedFeature]) -> str:
    decided = [each for each in features if each.is_decided]
    right = [each for each in decided if each.is_right]
    return f"{name:<32}{len(features):>9}{_share(decided, features):>9}{_share(right, decided):>8}"


def _share(part: Sequence[object], whole: Sequence[object]) -> str:
    return f"{len(part) / len(whole):.1%}" if whole else "-"


def wrong(features: Sequence[PredictedFeature]) -> Iterator[str]:
    """What was predicted wrongly, and what was not decided, to be read by hand."""
    for each in features:
        if not each.is_decided or not each.is_right:
            did = "works" if each.works else each.says
            yield f"{each.server}\t{each.client}\t{each.feature}\t{MARKS[each.state]} {each.why}\t{did}"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--features", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--calls", type=int, help="Predict from so many calls of each client, as a run for one does (25).")
@click.option("--wrong", "lists_wrong", is_flag=True, help="List what was predicted wrongly or not decided.")
def main(folder: Path, features: Path, calls: int | None, lists_wrong: bool) -> None:
    """Print the table."""
    found = read_agreement(folder, read_features(features), calls)
    click.echo("\n".join(wrong(found) if lists_wrong else table_of(found)))


if __name__ == "__main__":
    main()
