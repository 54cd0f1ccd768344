"""Tables of parameters and capabilities, in a few lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from antiphon.effects.claims import broken_claims
from antiphon.report.result_model import Result, ResultCapability, ResultParameter
from antiphon.report.text import visible

MOST_NAMED = 8
WORDS = {"effective": "effective", "echoed": "only echoed", "ignored": "ignored", "refused": "refused"}


def effect_lines(result: Result) -> Iterator[str]:
    """Summary of parameters, values and capabilities; empty where a result has none."""
    yield from _states(result.get("capabilities") or {})
    rows = result.get("parameters") or []
    for surface in ("responses", "chat"):
        yield from _parameters(surface, [row for row in rows if row["surface"] == surface])
    invalid = [(row["name"], each) for row in rows for each in row["invalid"]]
    told = [each for each in invalid if each[1]["verdict"] != "unknown"]
    if told:
        refused = [each for each in told if each[1]["verdict"] == "refused"]
        odd = [f"{name} ({each['trigger']})" for name, each in told if each["verdict"] != "refused"]
        yield f"invalid values: {len(refused)} of {len(told)} properly refused{_named(odd, '; not so ')}"


def _parameters(surface: str, rows: Sequence[ResultParameter]) -> Iterator[str]:
    shown = [row for row in rows if row["verdict"] != "unknown"]
    if not shown:
        return
    parts = []
    for verdict, word in WORDS.items():
        names = [row["name"] for row in shown if row["verdict"] == verdict]
        if names:
            parts.append(f"{len(names)} {word}" + (_named(names, " ") if verdict in ("ignored", "refused") else ""))
    yield f"parameters of {surface}: {', '.join(parts)}, {len(rows) - len(shown)} not shown"


def claim_lines(result: Result) -> Iterator[str]:
    """The capabilities that no server may lack, or that were claimed, and that are not there."""
    capabilities = result.get("capabilities") or {}
    for id in broken_claims(capabilities):
        word = "no server may lack it" if id == "core" else "claimed and not kept"
        yield f"{word}: {id} is {_state(capabilities[id])}"


def _states(capabilities: Mapping[str, ResultCapability]) -> Iterator[str]:
    broken = broken_claims(capabilities)
    for id, each in capabilities.items():
        failed = each["state"] == "unknown" and each["evidence"]
        if (failed or each["state"] in ("ignored", "partial", "unclean")) and id not in broken:
            yield f"capability {id}: {_state(each)}"
    declined = [
        f"{id} ({visible(each['note'])})"
        for id, each in capabilities.items()
        if each["state"] == "declined" and id not in broken
    ]
    if declined:
        yield f"declined: {'; '.join(declined)}"


def _state(capability: ResultCapability) -> str:
    where = f", {visible(capability['evidence'][0])}" if capability["evidence"] else ""
    return f"{capability['state']} ({visible(capability['note'])}{where})"


def _named(names: Sequence[str], before: str) -> str:
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{before}({', '.join(names[:MOST_NAMED])}{more})"
