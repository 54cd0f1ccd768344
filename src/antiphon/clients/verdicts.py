"""Verdicts on clients: what each can do with a server, feature by feature, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from antiphon.clients.contents import UNFIT_ARGUMENTS, UNFIT_TEXT
from antiphon.clients.dialogue import Dialogue, DialogueTurn, dialogues_of
from antiphon.clients.mutation import example_of
from antiphon.clients.needs import ClientNeeds, Effect, Expectation, all_needs
from antiphon.clients.sightings import ClientSightings, SeenReplies
from antiphon.clients.trait import (
    ACCEPTED,
    CUT,
    LACKING,
    NO_ANSWER,
    OTHER_STATUS,
    REFUSED,
    STREAMED,
    UNSTREAMED,
    is_of_kind,
    parse_trait,
)  # fmt: skip
from antiphon.contract.model import Edition

WORDS = {
    REFUSED: "its request is refused", NO_ANSWER: "its request gets no answer", CUT: "the reply ends early",
    ACCEPTED: "what must be refused is accepted", UNSTREAMED: "no events come, which it asked for",
    STREAMED: "events come, which it did not ask for",
    OTHER_STATUS: "it is refused with another status",
    UNFIT_ARGUMENTS: "arguments do not fit the function's schema",
    UNFIT_TEXT: "the text does not fit the schema that was asked for",
}  # fmt: skip


class FeatureState(StrEnum):
    """What becomes of a feature of a client on a server."""

    WORKS = "works"
    FAILS = "fails"
    DECLINED = "declined"
    """The server does not offer what it rests on."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FeatureVerdict:
    """The state of a feature; where it fails the requirement at fault, or none, and why in words, with an exchange."""

    state: FeatureState
    requirement: str = ""
    why: str = ""
    exchange: str = ""


@dataclass(frozen=True)
class SeenServer:
    """What a run saw of a server, as far as clients go."""

    sightings: ClientSightings
    edition: Edition
    declined: Mapping[str, str]
    """Capabilities that the server declines, with its words."""

    def feature(self, needs: ClientNeeds, feature: str) -> FeatureVerdict:
        """The verdict on a feature of a client, from all of its dialogues."""
        mine = [each for each in dialogues_of(needs.client) if feature in each.clients[needs.client]]
        found = [self._dialogue(each, needs, feature) for each in mine]
        for state in (FeatureState.FAILS, FeatureState.UNKNOWN, FeatureState.WORKS, FeatureState.DECLINED):
            if first := next((each for each in found if each and each.state is state), None):
                return first
        unplayed = next((each.id for each in mine), "")
        return FeatureVerdict(FeatureState.UNKNOWN, why=f"not played to its end: {unplayed}")

    def _dialogue(self, dialogue: Dialogue, needs: ClientNeeds, feature: str) -> FeatureVerdict | None:
        """The verdict from one dialogue; None where too little of it was played, and nothing is wrong so far."""
        for capability in sorted(dialogue.needs & self.declined.keys()):
            return FeatureVerdict(FeatureState.DECLINED, why=self.declined[capability])
        seen, is_whole = self._seen(dialogue.id, dialogue.turns_for(needs.client, feature))
        exchanges = {trait: exchange for sighting in seen for trait, exchange in sighting.traits.items()}
        found = needs.of(feature, frozenset(exchanges))
        exchange = exchanges.get(found.trait, "")
        if found.effect is Effect.CHOKES:
            return FeatureVerdict(FeatureState.FAILS, _requirement(found.trait), _words(found), exchange)
        if found.effect is Effect.UNKNOWN:
            why = f"not measured: what it does where {parse_trait(found.trait).requirement} is broken so"
            return FeatureVerdict(FeatureState.UNKNOWN, _requirement(found.trait), why, exchange)
        return FeatureVerdict(FeatureState.WORKS) if is_whole else None

    def _seen(self, dialogue: str, turns: Sequence[DialogueTurn]) -> tuple[list[SeenReplies], bool]:
        """The sightings of its calls, or else of calls of their kinds, and whether there are some of each."""
        calls = self.sightings.calls
        own = [calls.get(f"{dialogue}/{step}") for step in range(1, len(turns) + 1)]
        if any(own):
            return [each for each in own if each], all(each and each.seen for each in own)
        kinds = [self.sightings.kinds.get(kind) for each in turns for kind in each.kinds(self.edition)]
        return [each for each in kinds if each], bool(kinds) and all(kinds)


def client_verdicts(seen: SeenServer) -> dict[str, dict[str, FeatureVerdict]]:
    """By client, then by feature."""
    return {
        client: {feature: seen.feature(needs, feature) for feature in needs.features}
        for client, needs in all_needs().items()
    }


def overall(features: Iterable[FeatureVerdict]) -> bool | None:
    """Works with what the server offers: no where a feature fails, None where one is not known or none is offered."""
    states = [each.state for each in features]
    if FeatureState.FAILS in states:
        return False
    return None if FeatureState.UNKNOWN in states or FeatureState.WORKS not in states else True


def _requirement(trait: str) -> str:
    return "" if is_of_kind(trait) else parse_trait(trait).requirement


def _words(found: Expectation) -> str:
    """What the client does: as it was seen with the same, or with the fault that is most like."""
    if is_of_kind(found.trait):
        kind = found.trait.removeprefix(LACKING)
        return WORDS.get(found.trait, f"no {kind} comes, which it asked for")
    return found.says if found.is_measured else f"{found.says} (as {example_of(found.fault)})"
