"""Requirements for which a run does not ask, with the reason: an option that leaves them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from antiphon.contract.model import Contract, Requirement
from antiphon.exercise.scenario import all_scenarios
from antiphon.exercise.surface import judges
from antiphon.run.options import RunOptions
from antiphon.run.session import Session


def left_out(session: Session) -> dict[str, str]:
    """The requirements that a run left out.

    Those outside its selection, and those on any exchange of a capability of which no scenario was played.
    """
    skipped = _skipped_capabilities(session)
    return dict(_reasons(session, skipped))


def _reasons(session: Session, skipped: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for each in session.contract.requirements.values():
        if not session.wants(each.id):
            yield each.id, _outside(session.plan, each)
        elif each.judged == "wire" and each.capability in skipped:
            yield each.id, skipped[each.capability]


def _outside(plan: RunOptions, requirement: Requirement) -> str:
    """Why the selection does not take in a requirement."""
    if not plan.wants(requirement.id):
        return "not selected with -k or left out with --exclude"
    if not judges(plan.surface, requirement):
        return f"not part of --surface {plan.surface}"
    return f"not decisive for profile {plan.profile}"


def _skipped_capabilities(session: Session) -> dict[str, str]:
    """The capabilities of which every scenario was left out, with the commonest reason."""
    endings = {each.scenario: each for each in session.endings}
    reasons: dict[str, Counter[str]] = {}
    played: set[str] = set()
    for scenario in all_scenarios():
        ending = endings.get(scenario.name)
        for capability in scenario.needs:
            if ending and ending.outcome == "skipped":
                reasons.setdefault(capability, Counter())[ending.reason] += 1
            elif ending:
                played.add(capability)
    return {name: count.most_common(1)[0][0] for name, count in reasons.items() if name not in played}


def outside_recordings(contract: Contract, plan: RunOptions) -> dict[str, str]:
    """The requirements that recordings of other programs cannot show, or that the selection leaves out."""
    found = {}
    for each in contract.requirements.values():
        if not plan.wants(each.id):
            found[each.id] = _outside(plan, each)
        elif each.judged != "wire":
            found[each.id] = "with antiphon run, which plays what shows it"
    return found
