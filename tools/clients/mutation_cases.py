"""The cases that are played with each mutation of right replies: a few of each client that get what is changed.

python -m tools.clients.mutation_cases RECORDING FEATURES    # prints the mutations, with clients and cases of each
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import click
from tools.clients.harness import looked_at, read_features
from tools.clients.mutations import count_clients, grid_of
from tools.clients.recording import Call, read_cases

WITH_TOOLS = " with tools"
"""Ends the way of a case in which a tool is called."""


def few_cases(cases: Mapping[str, Sequence[Call]], choking: Collection[str] = ()) -> dict[str, list[str]]:
    """By mutation, a case a client for each transport: those of plain text with the fewest calls.

    Items and events come with a tool that is called, too, in a case of its own, and what concerns a whole reply with
    structured output.
    """
    ways, grid, found = {name: way_of(calls) for name, calls in cases.items()}, grid_of(cases), {}
    for mutation, names in grid.mutations(choking).items():
        chosen: dict[tuple[str, str, bool], str] = {}
        for name in sorted(names, key=lambda name: (WITH_TOOLS in ways[name], *_rareness(cases[name]), name)):
            way = ways[name] if grid.differs_with_tools(mutation) else ways[name].removesuffix(WITH_TOOLS)
            is_structured = not mutation.member and _rareness(cases[name])[0]
            chosen.setdefault((name.partition(": ")[0], way, is_structured), name)
        found[str(mutation)] = list(chosen.values())
    return dict(sorted(found.items(), key=lambda each: -count_clients(each[1])))


def _rareness(calls: Sequence[Call]) -> tuple[bool, int]:
    """A text alone is what clients do most; how many calls it takes."""
    return any(b'"json_schema"' in call.sent or b'"json_object"' in call.sent for call in calls), len(calls)


def way_of(calls: Sequence[Call]) -> str:
    """How a case is answered: over a socket, with events or without, and whether a tool is called."""
    replies = [call.received for call in calls]
    if any(call.is_socket for call in calls):
        return "socket"
    way = "streamed" if any(call.media_type.startswith("text/event-stream") for call in calls) else "plain"
    return way + WITH_TOOLS if any('_call"' in reply for reply in replies) else way


@click.command()
@click.argument("recording", type=click.Path(path_type=Path, exists=True))
@click.argument("features", type=click.Path(path_type=Path, exists=True))
def main(recording: Path, features: Path) -> None:
    """Print the mutations, each with how many clients get what it changes, and how many cases are chosen."""
    chosen = looked_at(read_features(features))
    recorded = {name: calls for name, calls in read_cases(recording).items() if name in chosen}
    for name, cases in few_cases(recorded).items():
        click.echo(f"{name}\t{count_clients(cases)}\t{len(cases)}")


if __name__ == "__main__":
    main()
