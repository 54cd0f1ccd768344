"""Scope of a run: the part of the whole that a transcript covers, and what several of them cover together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from antiphon import __version__
from antiphon.contract.depth import Depth
from antiphon.exercise.depth import depth_of
from antiphon.exercise.target import Target
from antiphon.recording.records import UNSENT, WITH_MORE_TIME, Header, ScenarioEnd
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.run.options import RunOptions


def header(plan: RunOptions, target: Target, scenarios: int, started_at: float) -> Header:
    """The first record of a transcript."""
    data: dict[str, Any] = {
        "antiphon": __version__,
        "edition": plan.edition,
        "started_at": round(started_at, 3),
        "target": target.as_json(),
        "scenarios": scenarios,
        "asked": {
            "select": list(plan.select),
            **({"exclude": list(plan.exclude)} if plan.exclude else {}),
            "profile": plan.profile,
            **({"clients": list(plan.clients)} if plan.clients else {}),
            "depth": plan.depth,
            "shard": list(plan.shard),
            "run": plan.run,
        },
        "retries": target.retries,
        "commands": command_target(plan, target).as_json(),
    }
    return Header(data | ({"prices": dict(target.prices)} if target.prices else {}))


def command_target(plan: RunOptions, target: Target) -> CommandTarget:
    """The target as printed commands name it."""
    if plan.target is None:
        return CommandTarget.of_reference(target.model, plan.faults)
    return CommandTarget(
        target.base_url,
        target.model,
        target.api_key_env,
        target.second_api_key_env,
        {name: value[1:] for name, value in target.headers.items() if value.startswith("$")},
        {name: value[1:] for name, value in target.query.items() if value.startswith("$")},
    )


def missing_shards(headers: Sequence[Header]) -> list[str]:
    """The shards that transcripts lack to be whole, as I/N."""
    shards = {_shard(_scope_of(each).get("shard")) for each in headers}
    parts = max((of for _, of in shards), default=1)
    return [f"{number}/{parts}" for number in range(1, parts + 1) if (number, parts) not in shards]


def scope_text(plan: RunOptions, headers: Sequence[Header], endings: Sequence[ScenarioEnd]) -> str:
    """The options that restricted a run, as on the command line; empty where it was complete."""
    said = [plan.scope_text]
    if plan.transcripts:
        for each in map(_scope_of, headers):
            select, profile = each.get("select"), each.get("profile")
            said += [f"-k {name}" for name in select] if isinstance(select, list) else []
            exclude = each.get("exclude")
            said += [f"--exclude {name}" for name in exclude] if isinstance(exclude, list) else []
            said += [f"--profile {profile}"] if profile else []
            clients = each.get("clients")
            said += [f"--client {name}" for name in clients] if isinstance(clients, list) else []
        said += [f"without --shard {each}" for each in missing_shards(headers)]
        lost = _lost_scenarios(headers, endings)
        said += [f"without {lost} scenarios that the recording lacks"] if lost else []
    said += sorted({each.reason for each in endings if is_unsent(each)})
    return " ".join(dict.fromkeys(each for each in said if each))


def whole_depth(plan: RunOptions, headers: Sequence[Header], endings: Sequence[ScenarioEnd]) -> str:
    """The deepest depth of which a run played all that its other options take in; `none` where it played no such.

    Empty where a recording does not say how deep it was to be.
    """
    requested = [str(_scope_of(each).get("depth", "")) for each in headers] if plan.transcripts else [plan.depth]
    if not requested or not set(requested) <= set(Depth):
        return ""
    missing = [depth_of(each.scenario) for each in endings if is_unsent(each) or is_out_of_time(each)]
    whole = [each for each in Depth if each.rank <= min(Depth(name).rank for name in requested)]
    whole = [each for each in whole if all(each.rank < depth.rank for depth in missing)]
    return whole[-1] if whole else "none"


def _lost_scenarios(headers: Sequence[Header], endings: Sequence[ScenarioEnd]) -> int:
    """Scenarios of a first run that did not come to an end in its transcript: it was cut off."""
    first = [each for each in headers if _scope_of(each).get("run", 1) == 1]
    planned = [number for each in first if isinstance(number := each.data.get("scenarios"), int)]
    ended = sum(1 for each in endings if not each.scenario[:1].isdigit() and _was_chosen(each))
    return max(0, sum(planned) - ended)


def _was_chosen(ending: ScenarioEnd) -> bool:
    return ending.outcome != "skipped" or is_unsent(ending) or is_out_of_time(ending)


def is_unsent(ending: ScenarioEnd) -> bool:
    """A scenario that was left out for a bound of the run."""
    return ending.outcome == "skipped" and ending.reason.startswith(UNSENT)


def is_out_of_time(ending: ScenarioEnd) -> bool:
    """A scenario that was left out for want of time, after all that a standard run plays."""
    return ending.outcome == "skipped" and ending.reason.startswith(WITH_MORE_TIME)


def _scope_of(header: Header) -> dict[str, Any]:
    asked = header.data.get("asked")
    return asked if isinstance(asked, dict) else {}


def _shard(value: Any) -> tuple[int, int]:
    """A shard as a header names it; the whole where it names none that can be."""
    match value:
        case [int(number), int(of)] if 1 <= number <= of <= 10_000:
            return number, of
    return 1, 1
