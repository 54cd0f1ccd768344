"""What `antiphon run --client` says of each client, out of a recording in which all that clients send was played."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from tools.clients.server_play import RESULT

from antiphon.clients.dialogue import as_many_as_fit
from antiphon.clients.needs import all_needs
from antiphon.clients.sightings import ClientSightings, dialogue_call
from antiphon.clients.verdicts import FeatureVerdict, SeenServer
from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import read_transcript


class PlayedServer:
    """The recording of a server, judged anew."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._judge = folder, Judge(contract())
        self._judged = [(each, self._judge.feed(each)) for each in self._exchanges()]

    def _exchanges(self) -> list[Exchange]:
        records = read_transcript([self._folder / "transcript.jsonl"])
        exchanges = (getattr(each, "exchange", each) for each in records)
        return [each for each in exchanges if isinstance(each, Exchange)]

    def features(self, client: str, most_calls: int) -> Mapping[str, FeatureVerdict]:
        """The features of a client from its own requests, as many as so many calls hold."""
        own = {each.id for each in as_many_as_fit((client,), most_calls)}
        sightings, edition = ClientSightings(), contract().edition
        for exchange, found in self._judged:
            if _is_of(exchange.id, own):
                sightings.see(exchange, found, edition)
        for requirement, places in self._relations.items():
            sightings.see_relation(requirement, [each for each in places if _is_of(each.exchange, own)])
        server, needs = SeenServer(sightings, edition, self._declined), all_needs()[client]
        return {feature: server.feature(needs, feature) for feature in needs.features}

    @cached_property
    def _relations(self) -> Mapping[str, Sequence[Violation]]:
        return {requirement: entry.places for requirement, entry in self._judge.finish().entries.items()}

    @cached_property
    def _declined(self) -> dict[str, str]:
        states = json.loads((self._folder / RESULT).read_text(encoding="utf-8"))["capabilities"]
        return {name: f"no {name}: {each['note']}" for name, each in states.items() if each["state"] == "declined"}


def _is_of(exchange: str, dialogues: Collection[str]) -> bool:
    return dialogue_call(exchange).rpartition("/")[0] in dialogues
