"""The models that are served: plain ones, one that reasons, one that sees, one of another family, three in trouble."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from antiphon.server.errors import ApiError

SNAPSHOT = "-2026-08-01"
UNHEARD = ("temperature", "top_p", "presence_penalty", "frequency_penalty")
"""Fields that a model that reasons does not take."""
EFFORTS = ("minimal", "low", "medium", "high")
"""Those that it takes."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """Served model: how it differs from a plain one."""

    name: str = ""
    owner: str = "antiphon"
    reasons: bool = False
    """It thinks unless it is to do so minimally, and takes no sampling parameters."""
    sees: bool = False
    """It says what images it was given."""
    fails: bool = False
    """Its responses end as failed."""
    overloaded: bool = False
    """Its requests are refused with 503."""
    delay: float = 0.0
    """Seconds before its reply begins."""
    pace: float = 0.0
    """Least seconds between its deltas."""
    special: bool = True
    """It is more than a plain one."""


PLAIN = ServedModel(special=False)
KINDS: Mapping[str, ServedModel] = {
    "plain": PLAIN,
    "reasoning": ServedModel(reasons=True),
    "vision": ServedModel(sees=True),
    "failing": ServedModel(fails=True),
    "overloaded": ServedModel(overloaded=True),
    "slow": ServedModel(delay=1.0, pace=0.05),
    "other": ServedModel(owner="cantor"),
}
SERVED = {
    "antiphon-1": "plain",
    "antiphon-1-mini": "plain",
    "antiphon-1-reasoning": "reasoning",
    "antiphon-1-vision": "vision",
    "cantor-1": "other",
    "antiphon-1-failing": "failing",
    "antiphon-1-overloaded": "overloaded",
    "antiphon-1-slow": "slow",
}
"""Every model by its name, and its kind; the first two are plain."""


DATED = re.compile(r".*-\d{4}-\d{2}-\d{2}", re.DOTALL)


def snapshot(model: str) -> str:
    """The dated name that the reply gives to a model; one that has a date already keeps it."""
    return model if DATED.fullmatch(model) else model + SNAPSHOT


class AnyModels(dict[str, ServedModel]):
    """Models of some names, and a plain one of every other name."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name != ""

    def __missing__(self, name: str) -> ServedModel:
        return replace(PLAIN, name=name)

    def get(self, name: str, default: Any = None) -> Any:
        """The model of that name; the default for no name."""
        return self[name] if name else default


def models_by_name(names: Iterable[str], *, takes_any: bool = False) -> Mapping[str, ServedModel]:
    """Models by their short and their dated names. NAME=KIND gives a name of one's own a kind; else it is plain.

    `takes_any` adds a plain one of every other name. Raises ValueError for an unknown kind.
    """
    models: dict[str, ServedModel] = AnyModels() if takes_any else {}
    for entry in names:
        name, equals, kind = entry.partition("=")
        kind = kind if equals else SERVED.get(name, "plain")
        if not name or kind not in KINDS:
            raise ValueError(f"The model {entry!r} is not of the form NAME or NAME=KIND; kinds are {', '.join(KINDS)}.")
        model = replace(KINDS[kind], name=name)
        models |= {name: model, snapshot(name): model}
    return models


def check_abilities(model: ServedModel, body: Mapping[str, Any]) -> None:
    """The model is there, and it takes what the request asks of it. Raises ApiError."""
    if model.overloaded:
        raise ApiError(
            f"The model '{model.name}' is overloaded. Try again later.",
            status=503,
            type="service_unavailable_error",
            code="server_is_overloaded",
            headers={"retry-after": "1"},
        )
    if not model.reasons:
        return
    for name in UNHEARD:
        if body.get(name) is not None:
            raise ApiError(f"Unsupported parameter: '{name}' is not supported with this model.", param=name)
    effort = (body.get("reasoning") or {}).get("effort") or body.get("reasoning_effort")
    if effort is not None and effort not in EFFORTS:
        param = "reasoning_effort" if "reasoning_effort" in body else "reasoning.effort"
        message = f"Unsupported value: '{param}' does not support '{effort}' with this model."
        raise ApiError(f"{message} Supported are: {', '.join(EFFORTS)}.", param=param, code="unsupported_value")
    if body.get("top_logprobs"):
        message = "Unsupported parameter: 'top_logprobs' is not supported with this model."
        raise ApiError(message, param="top_logprobs", code="unsupported_parameter")
