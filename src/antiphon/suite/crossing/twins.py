"""Twins: one create with many features, sent plain and then in another mode, whose answers have to agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from antiphon.contract.crossing import CrossingRow, FactorValue, crossings
from antiphon.effects.create_record import CreateRecord, as_object
from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume
from antiphon.suite.crossing.play import make_context, send_row, sender
from antiphon.suite.crossing.relations import LEAST, WEIGHTS
from antiphon.suite.crossing.surfaces import MODES, SURFACES
from antiphon.suite.crossing.turns import EARLIER, CrossedTurn, ended_well
from antiphon.suite.parts import is_unsupported, words_of

READ = ("tools", "instructions")
"""Fields that a model reads besides its turns."""
NAMES = ("type", "role", "id")
"""Members that frame a text."""
FRAME = 16
"""Letters that weigh as much as the frame of a message."""


def twin_row(surface: str, number: int, *names: str) -> CrossingRow:
    """A row with these values; of the factors that none of them belongs to it has the value that asks for nothing."""
    factors = crossings()[surface].factors
    values = [next((each for each in factor.values if each.name in names), None) for factor in factors]
    silent = [next((each for each in factor.values if not each.is_feature), factor.values[0]) for factor in factors]
    return CrossingRow(surface, number, tuple(one or other for one, other in zip(values, silent, strict=True)))


def in_mode(row: CrossingRow, mode: str) -> CrossingRow:
    """The same row in another mode; what runs in the background is stored."""
    known = crossings()[row.surface].value
    stored = mode.startswith("background")
    rest = [known("stored") if stored and each.factor == "storing" else each for each in row.values[1:]]
    return replace(row, values=(known(mode), *rest))


async def play_twins(api: Api, row: CrossingRow, modes: Iterable[str]) -> list[Answer]:
    """Send a row in each of these modes, the plain one first. Features that are refused are left out, as in any row."""
    context = await make_context(api, row)
    answers = []
    for mode in modes:
        twin = in_mode(row, mode)
        async with sender(api, twin) as send:
            answers.append(await send_row(api, twin, context, send))
    return answers


@dataclass(frozen=True)
class TwinControls:
    """The plain twin, in place of plain creates with one feature each."""

    turn: CrossedTurn

    @cached_property
    def record(self) -> CreateRecord:
        """The plain create that was taken. Not testable without one."""
        creates = self.turn.creates
        assume(creates and ended_well(creates[-1]), "the plain create was refused, or did not end well")
        return self.turn.record

    @property
    def bare(self) -> list[CreateRecord]:
        """The plain create, as what shows that tokens are counted."""
        return [self.record]

    @property
    def of(self) -> Callable[[FactorValue], CreateRecord | None]:
        """The plain create, where it was taken with a feature."""
        return lambda value: self.record if self.turn.surface.sends(value, self.record.sent) else None

    def weights(self, turn: CrossedTurn, of_a_letter: float | None = None) -> tuple[int, dict[str, int]]:
        """The tokens of the twin without its features, and by requirement those of each: its share of all letters.

        They are those that the plain twin counts, or as many as its letters should have.
        """
        counted = self.record.tokens("input")
        assume(counted, "the plain create does not count its input tokens")
        counting = [value for value in turn.features if value.factor in WEIGHTS]
        assume(all(map(self.of, counting)), "the plain create was taken with other features")
        earlier = [value.before for value in turn.earlier if not self.of(value)]
        whole = _letters([*(self.record.sent.get(name) for name in (turn.surface.turns, *READ)), earlier])
        total = round(of_a_letter * whole) if of_a_letter else counted or 0
        weights: dict[str, int] = {}
        for value in (*counting, *turn.earlier):
            if name := WEIGHTS[value.factor]:
                share = _letters([*(value.fields.get(each) for each in READ), value.content, value.before])
                weights[name] = weights.get(name, 0) + total * share // whole
        told = {name: weight for name, weight in weights.items() if weight >= LEAST}
        if turn.record.calls:
            told.pop("tools-read", None)  # what is called was read
        return total - sum(told.values()), told


def _letters(value: Any) -> int:
    """The letters of all texts within a value: what a model reads of it, about."""
    match value:
        case str():
            return len(value)
        case dict():
            frame = FRAME if "role" in value else 0
            return frame + sum(_letters(inner) for name, inner in value.items() if name not in NAMES)
        case list() | tuple():
            return sum(map(_letters, value))
    return 0


def twins_of(transcript: Transcript, row: CrossingRow, mode: str) -> tuple[CrossedTurn, TwinControls]:
    """The create of a mode, and its plain twin, in the transcript of a row."""
    return _turn(transcript, in_mode(row, mode)), TwinControls(_turn(transcript, in_mode(row, "plain")))


def refused_feature(name: str, turn: CrossedTurn) -> Violation | None:
    """A feature for which a plain create is refused that is taken without it, unless the model does not support it."""
    value, creates, sends = crossings()[turn.row.surface].value(name), turn.creates, turn.surface.sends
    assume(turn.row.has(name), f"the row has no {name}")
    assume(creates and ended_well(creates[-1]), "the create is refused without it too")
    *refused, taken = creates
    if sends(value, as_object(taken.sent)):
        return None
    first = refused[0]
    others = [
        each.name for each in turn.row.values if each.is_feature and each is not value and each.factor not in MODES
    ]
    lost = [name for name in others if not sends(crossings()[turn.row.surface].value(name), as_object(taken.sent))]
    assume(not lost, f"{', '.join(lost)} was refused too")
    assume(first.is_client_error and not is_unsupported(first), f"the model does not take it: {words_of(first)}")
    return Violation("", f"{value.says.rstrip('.')}: taken", words_of(first), exchange=first.id)


def _turn(transcript: Transcript, row: CrossingRow) -> CrossedTurn:
    """The creates of one mode after that of their context, and what is asked until another mode begins."""
    surface = SURFACES[row.surface]
    creates = [each for each in transcript if surface.is_create(each)]
    before = creates[:1] if any(map(row.has, EARLIER)) else []
    found: list[Exchange] = []
    inside = False
    for each in transcript:
        if each in before:
            continue
        if surface.is_create(each):
            inside = _is_sent_in(each, row)
        if inside:
            found.append(each)
    return CrossedTurn(row, Transcript(transcript.name, (*before, *found), case=row))


def _is_sent_in(create: Exchange, row: CrossingRow) -> bool:
    """A create was sent in the mode of a row."""
    mode, sent = row.values[0], as_object(create.sent)
    same = all(sent.get(name) == mode.fields.get(name) for name in ("stream", "background"))
    return same and create.is_socket == (mode.name == "websocket")
