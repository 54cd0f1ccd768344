"""Examples that keep or break a requirement: written by hand, or generated from the contract's data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated
from antiphon.contract.triggers import triggers
from antiphon.explain.example import Example
from antiphon.explain.judges import has_trigger
from antiphon.explain.schema_examples import schema_example
from antiphon.explain.stream_examples import stream_example


@cache
def handwritten(area: str) -> Mapping[str, Example]:
    """The examples of `spec/examples/AREA.yaml`. Raises SpecError."""
    path = spec_dir() / "examples" / f"{area}.yaml"
    if not path.is_file():
        return {}
    value = read_validated(path, "examples")
    return {name: Example(each["keeps"], each["breaks"], "by hand") for name, each in value["examples"].items()}


def example(requirement: str) -> Example | None:
    """The example of a requirement; None where there is none."""
    area = requirement.split(".")[0]
    by_hand = handwritten(area).get(requirement)
    if by_hand:
        return by_hand
    if has_trigger(requirement):
        refused = _refusal(requirement)
        if refused:
            return refused
    if area == "stream":
        found = stream_example(requirement)
        if found:
            return found
    return schema_example(requirement)


def _refusal(requirement: str) -> Example | None:
    """The request of a trigger, and what answers it."""
    for trigger in triggers():
        request = dict(trigger.request)
        given = {"given": trigger.setup} if trigger.setup else {}
        if requirement == trigger.requirement:
            legal = " or ".join(str(each) for each in trigger.accept)
            return Example({**given, "request": request, "status": legal}, {"request": request, "status": 200}, "made")
        if requirement == trigger.detail:
            expected = dict(trigger.expected)
            other = {**expected, "code": "bad_request"} if expected.get("code") != "bad_request" else {"status": 400}
            return Example(
                {**given, "request": request, "refusal": expected}, {"request": request, "refusal": other}, "made"
            )
    return None
