"""Relations of crossed creates: what a feature does in a plain create it does in every mode and context."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from antiphon.contract.parameters import parameters
from antiphon.contract.schemas.schema_error import format_value
from antiphon.effects.create_record import CreateRecord, repeated_value
from antiphon.effects.levers import alternatives, constant, has_included, is_cut, obeys_choice, probabilities
from antiphon.judge.registry import Violation
from antiphon.recording.outcome import Outcome, outcome
from antiphon.suite import assume
from antiphon.suite.crossing.surfaces import MODES
from antiphon.suite.crossing.turns import Controls, CrossedTurn, PlainControls, ended_well, was_turned_down
from antiphon.suite.parts import words_of

TOO_LONG = re.compile(r"context|too (long|large|many tokens)|exceed", re.IGNORECASE)
"""Words of a refusal for the length of what is sent, for which several features together may give a reason."""
Told = Callable[[CreateRecord], bool | None]
"""Whether a create shows the effect of a feature; None where it shows neither."""


def _sent(name: str, lever: Callable[[CreateRecord, Any], bool | None]) -> Told:
    return lambda create: lever(create, create.sent.get(name))


def _calls(kind: str) -> Told:
    def told(create: CreateRecord) -> bool | None:
        return any(item.get("type") == kind for item in create.items) if create.is_done else None

    return told


def _both(one: Told, other: Told) -> Told:
    def told(create: CreateRecord) -> bool | None:
        first, second = one(create), other(create)
        return False if first is False or second is False else first

    return told


def _writes_note(create: CreateRecord) -> bool | None:
    return any(call.get("type") == "custom" for call in create.tool_calls) if create.is_done else None


def _ends_at_stop(create: CreateRecord) -> bool | None:
    """No text holds a stop sequence."""
    texts = create.texts
    return not any(each in text for text in texts for each in create.sent["stop"]) if texts else None


EFFECTS: Mapping[str, Mapping[str, Told]] = {
    "modes.choice-holds": {
        **dict.fromkeys(("unused", "named", "required"), _sent("tool_choice", obeys_choice)),
        "hosted": _calls("web_search_call"),
        "custom": _calls("custom_tool_call"),
    },
    "modes.format-holds": {"json-schema": _sent("text", constant)},
    "modes.limit-holds": {"cut": _sent("max_output_tokens", is_cut)},
    "modes.include-holds": {
        "logprobs": _both(_sent("include", has_included), _sent("top_logprobs", alternatives)),
        "reasoning": _sent("include", has_included),
    },
    "chat.modes.choice-holds": {
        **dict.fromkeys(("unused", "named", "required"), _sent("tool_choice", obeys_choice)),
        "custom": _writes_note,
    },
    "chat.modes.format-holds": {"json-schema": _sent("response_format", constant)},
    "chat.modes.stop-holds": {"stop": _ends_at_stop},
    "chat.modes.limit-holds": {
        "cut": _sent("max_completion_tokens", is_cut),
        "cut-older": _sent("max_tokens", is_cut),
    },
    "chat.modes.logprobs-hold": {
        "logprobs": _both(_sent("logprobs", probabilities), _sent("top_logprobs", alternatives)),
    },
}
"""By requirement: the features that show it, and how. A choice of none is shown by what is absent."""


def lost_effect(requirement: str, turn: CrossedTurn, controls: Controls) -> Violation | None:
    """The feature that has an effect in a plain create, and none in this one."""
    told = EFFECTS[requirement]
    features = [value for value in turn.features if value.name in told]
    assume(features, "the row has none of these features, or they were refused")
    (value,) = features
    control, absent = controls.of(value), value.name == "unused"
    assume(control is not None, "the plain create with this feature alone was not taken")
    assert control is not None
    assume(
        told[value.name](control) in ((None,) if absent else (True,)), f"{control.exchange.id}, plain, shows no effect"
    )
    result = told[value.name](turn.record)
    assume(absent or result is not None, "the response shows neither that it has an effect nor that it has none")
    if result is not False:
        return None
    return Violation(
        "",
        f"{value.says.rstrip('.')}: it has its effect, as in {control.exchange.id}",
        "none",
        exchange=turn.created.id,
    )


def setting_not_shown(turn: CrossedTurn, controls: Controls) -> Violation | None:
    """A field of the request that the reply to a plain create repeats, and that of this one does not."""
    known = {parameter.name: parameter for parameter in parameters()["create"]}
    compared = 0
    for value in turn.features:
        control = controls.of(value)
        for parameter in (known[name] for name in value.fields if control):
            if control and repeated_value(parameter, control):
                compared += 1
                if repeated_value(parameter, turn.record) is False:
                    sent, got = turn.record.sent[parameter.name], turn.record.reply.get(parameter.echo)
                    expected = f"{format_value(sent)}, as was sent"
                    return Violation(f"/{parameter.echo}", expected, format_value(got), exchange=turn.created.id)
    assume(compared, "the row has no setting that a plain create shows")
    return None


WEIGHTS = {
    "instructions": "instructions-read",
    "tools": "tools-read",
    "parts": "parts-read",
    "context": "turns-read",
    "answer": "",
    "choices": "",
}
"""By factor: the requirement that its features cost input tokens. A format may cost some, and shows itself."""
KINDS = {name: factor for factor, name in WEIGHTS.items()} | {"turns-read": "earlier turns"}
LEAST = 30
"""Least tokens that a feature must weigh to be told from others."""
NEAR = 0.2
"""By how much of its weight what is missing may differ from that of the feature that it is taken for."""


def unread_input(requirement: str, turn: CrossedTurn, controls: PlainControls) -> Violation | None:
    """The feature whose tokens are missing among those that the create counts."""
    return missing_weight(requirement, turn, *weights_of(turn, controls))


def missing_weight(
    requirement: str, turn: CrossedTurn, base: int, weights: Mapping[str, int], estimated: bool = False
) -> Violation | None:
    """The same, where it is known what each kind of feature weighs, or where that is estimated."""
    wanted = requirement.removeprefix(turn.surface.area)
    assume(weights.get(wanted, 0) >= LEAST, "the row has nothing of the kind, or it weighs nothing when plain")
    counted = turn.record.tokens("input")
    assume(counted, "the response does not count its input tokens")
    expected = base + sum(weights.values())
    missing = expected - (counted or 0)
    told = {name: weight for name, weight in weights.items() if weight >= LEAST}
    nearest = min(told, key=lambda name: abs(missing - told[name]))
    rivals = [name for name, weight in told.items() if name != nearest and abs(missing - weight) <= NEAR * weight]
    assume(missing < LEAST / 2 or not (estimated and rivals), f"{missing} tokens are missing, of one kind or another")
    assume(
        missing < LEAST / 2 or abs(missing - told[nearest]) <= NEAR * told[nearest],
        f"the count is lower than the sum of its parts by {missing}, which is the weight of none of them",
    )
    if missing < LEAST / 2 or nearest != wanted:
        return None
    parts = ", ".join(f"{weight} of {KINDS[name]}" for name, weight in told.items())
    return Violation(
        turn.record.place_of("input"), f"about {expected}: {base} of a bare create, {parts}", str(counted),
        exchange=turn.created.id,
    )  # fmt: skip


def weights_of(turn: CrossedTurn, controls: PlainControls) -> tuple[int, dict[str, int]]:
    """The tokens of a bare create, and by requirement those that the features of the row add to it when plain."""
    assume(len(controls.bare) > 1, "no plain create without features was taken")
    counts = [control.tokens("input") for control in controls.bare]
    assume(counts[0] and counts[0] == counts[-1], "the same input does not count the same tokens")
    base = counts[0] or 0
    assume(not turn.row.has("hosted"), "what a hosted tool reads counts as input too")
    model = controls.bare[0].sent.get("model")
    assume(turn.record.sent.get("model") == model, "the plain creates went to another model")
    weights: dict[str, int] = {}
    for value in (*turn.features, *turn.earlier):
        control = controls.of(value) if value.factor in WEIGHTS else None
        if control:
            name = WEIGHTS[value.factor]
            weights[name] = weights.get(name, 0) + (control.tokens("input") or 0) - base
    return base, weights


def refused_together(turn: CrossedTurn, controls: Controls) -> Violation | None:
    """A feature that is refused in this mode and context, where it is taken alone and they are taken without it."""
    creates = turn.creates
    assume(creates and ended_well(creates[-1]), "no create of this mode and context was taken")
    first, last = creates[0], creates[-1]
    if first is last:
        return None
    assume(was_turned_down(first) and outcome(first, routed=True) is not Outcome.BROKE, "it got no answer, or a 5xx")
    assume(not TOO_LONG.search(words_of(first)), f"all features together are too long: {words_of(first)}")
    sends = turn.surface.sends
    features = [value for value in turn.row.values if value.is_feature and value.factor not in (*MODES, "storing")]
    left_out = [value for value in features if sends(value, first.sent) and not sends(value, last.sent)]
    untaken = [value.name for value in left_out if controls.of(value) is None]
    assume(not untaken, f"refused in a plain create too: {', '.join(untaken)}")
    says = ", ".join(value.name for value in left_out)
    return Violation("", f"{says} taken, as each is in a plain create", words_of(first), exchange=first.id)
