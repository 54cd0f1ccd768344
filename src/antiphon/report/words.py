"""Words that all reports share: verdicts, places, differences, sentences on profiles and clients."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.judge.verdict import CHOICE, UNSEEN, Verdict
from antiphon.recording.records import EARLY
from antiphon.report.causes import causes_of
from antiphon.report.reproduction.choice import command
from antiphon.report.result_model import Result, ResultProfile, ResultRequirement, ResultScenario, ResultViolation
from antiphon.report.text import clip, visible

WORDS = {
    "pass": "held",
    "fail": "broken",
    "warn": "broken, but only a should",
    "not-applicable": "the target declines the capability cleanly",
    "not-testable": "asked for, and it could not be shown",
    "not-asked": "this run did not ask for it",
    "error": "a mistake of Antiphon, not of the target",
}


class Area(NamedTuple):
    """An area with its requirements by verdict."""

    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """The number of requirements."""
        return sum(self.counts.values())


def areas(result: Result) -> list[Area]:
    """The areas in order, each with a count for all verdicts."""
    counts: dict[str, dict[str, int]] = {}
    for each in result["requirements"]:
        row = counts.setdefault(each["area"], dict.fromkeys(map(str, Verdict), 0))
        row[each["verdict"]] += 1
    return [Area(name, counts[name]) for name in sorted(counts)]


def with_verdict(result: Result, verdict: str) -> list[ResultRequirement]:
    """The requirements with a verdict, in the order of the result."""
    return [each for each in result["requirements"] if each["verdict"] == verdict]


def by_reason(requirements: Sequence[ResultRequirement]) -> list[tuple[str, list[ResultRequirement]]]:
    """The requirements under their reasons, the most frequent reason first."""
    groups: dict[str, list[ResultRequirement]] = defaultdict(list)
    for each in requirements:
        groups[each["reason"]].append(each)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def not_asked_line(result: Result) -> str:
    """What the run did not ask for, by reason: `391 more with --thorough; 9 more with …`; empty where it asked all."""
    groups = by_reason(with_verdict(result, "not-asked"))
    counts = (f"{len(found)} {'more ' if reason.startswith('with ') else ''}{reason}" for reason, found in groups)
    return "; ".join(counts)


def not_testable_line(result: Result) -> str:
    """How many requirements could not be shown, and the reason of most of them; empty where there are none."""
    groups = by_reason(with_verdict(result, "not-testable"))
    if not groups:
        return ""
    reason, most = groups[0]
    everything = sum(len(group) for _, group in groups)
    return f"{everything}{'' if len(groups) == 1 else f', of them {len(most)}'} because {reason}"


def broken_line(result: Result) -> str:
    """How many causes, behind how many broken requirements."""
    totals = result["totals"]
    behind = ", ".join(
        plural(number, noun) for number, noun in ((totals["fail"], "must"), (totals["warn"], "should")) if number
    )
    causes = plural(len(causes_of(result)), "cause")
    return f"{causes}{' behind ' + behind + ' broken' if behind else ''}, the gravest first"


def choices(result: Result) -> list[str]:
    """The requirements of level may that are not so here."""
    return [each["id"] for each in with_verdict(result, "not-applicable") if each["reason"].startswith(CHOICE)]


def broken_scenarios(result: Result) -> list[tuple[str, list[ResultScenario]]]:
    """The scenarios that could not go on, under their reasons."""
    groups: dict[str, list[ResultScenario]] = defaultdict(list)
    for each in result["scenarios"]:
        if each["outcome"] == "broken":
            groups[each["reason"]].append(each)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def numbers(result: Result) -> str:
    """How much was exercised, and how much of that held."""
    seen = result["exercised"]
    return f"exercised {seen['judged']} of {plural(seen['requirements'], 'requirement')}, {seen['held']} of those held"


def is_empty(result: Result) -> bool:
    """Nothing was judged, and it is no part of a whole that others add to."""
    judged = sum(result["totals"][verdict] for verdict in ("pass", "fail", "warn"))
    return not judged and "--shard" not in result.get("filter", "")


ENDED_EARLY = "The run ended early"


def alarms(result: Result) -> Iterator[str]:
    """What a reader must know before any number: an early end, calls without an answer, and that nothing was judged."""
    if early := _early(result):
        chosen = sum(1 for each in result["scenarios"] if each["outcome"] != "skipped") + len(early)
        unplayed = f"{len(early)} of {plural(chosen, 'scenario')}"
        yield f"{ENDED_EARLY}: {early[0].removeprefix(EARLY)} Not played to the end: {unplayed}."
    unanswered = result["exchanges"].get("unanswered")
    if unanswered:
        calls = f"{unanswered['calls']} of {plural(result['calls'], 'call')}"
        yield f"No answer came to {calls}, first {unanswered['first']}: {unanswered['reason']}"
    if is_empty(result):
        declined = by_reason(with_verdict(result, "not-applicable"))
        yield f"Nothing was judged, so this is no pass: {declined[0][0] if declined and not unanswered else UNSEEN}"


def leftovers(result: Result) -> str:
    """How many objects that the run stored are still on the target; empty where none is."""
    spending = result.get("spending")
    if not spending or not spending["not_deleted"]:
        return ""
    stored = plural(spending["not_deleted"] + spending["deleted"], "object")
    number = spending["not_deleted"]
    return f"Not deleted: {number} of {stored} that the run stored; clean-up in the transcript names them."


def _early(result: Result) -> list[str]:
    """For each scenario that was not played to its end because the run ended before: why."""
    return [each["reason"] for each in result["scenarios"] if each["reason"].startswith(EARLY)]


def plural(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def title(result: Result) -> str:
    """The name of the target, or what stands for it."""
    target = result["target"]
    files = result["files"]
    named = target.get("name") or target.get("base_url")
    if named or not files:
        return str(named or "a target without a name")
    return str(files[0]) if len(files) == 1 else plural(len(files), "recording")


def sources(requirement: ResultRequirement) -> list[str]:
    """Each piece of evidence on one line."""
    lines = []
    for each in requirement["evidence"]:
        said = ", ".join(each[key] for key in ("source", "where", "date", "counts") if each[key])
        lines.append(f"{each['kind']} ({said})")
    return lines


def place(violation: ResultViolation) -> str:
    """The exchange and the event or JSON pointer in it."""
    return ", ".join(part for part in (violation["exchange"], violation["at"]) if part)


def difference(violation: ResultViolation) -> str:
    """What was expected and what came, in one line."""
    return f"expected {clip(visible(violation['expected']), 200)}, got {clip(visible(violation['got']), 200)}"


def repeat_lines(violation: ResultViolation, label: str = "repeat ") -> list[str]:
    """The command that shows a place again, after its label; a script has lines of its own."""
    shown = command(violation)
    return (
        [label + line if number == 0 else line for number, line in enumerate(shown.rstrip("\n").split("\n"))]
        if shown
        else []
    )


def milliseconds(moment: str) -> int:
    """An ISO 8601 time as milliseconds since 1970; 0 for anything else."""
    try:
        return int(datetime.fromisoformat(moment).timestamp() * 1000)
    except ValueError:
        return 0


def clients(result: Result, ids: Sequence[str]) -> list[str]:
    """The titles and versions of clients."""
    known = result["clients"]
    return [f"{known[each]['title']} {known[each]['version']}".strip() if each in known else each for each in ids]


def replay(result: Result, requirement: str) -> str:
    """The command that judges one requirement again, offline; empty where no recording was kept."""
    edition = [] if result["edition"] == DEFAULT_EDITION else ["--edition", result["edition"]]
    if result["source"] == "judge":
        words = ["antiphon", "judge", *_files_of(result, requirement), *edition]
    else:
        words = ["antiphon", "run", "--transcript", result["transcript"], *edition]
    recorded = result["files"] if result["source"] == "judge" else result["transcript"]
    return shlex.join([*words, "-k", requirement]) if recorded else ""


def _files_of(result: Result, requirement: str) -> list[str]:
    """The file that shows that a requirement is broken; all of them where it takes more than one exchange."""
    violations = next((each["violations"] for each in result["requirements"] if each["id"] == requirement), [])
    file = violations[0].get("file") if violations else None
    return [file] if file else result["files"]


def profile_lines(result: Result) -> list[str]:
    """A sentence on each profile. Of a filtered run none says that a profile holds."""
    return [f"{name} {_profile(each)}" for name, each in result["profiles"].items()]


def _profile(profile: ResultProfile) -> str:
    judged = f"{profile['judged']} of {plural(profile['requirements'], 'must')} judged"
    if profile["holds"]:
        return f"holds ({judged})"
    if profile["holds"] is None:
        told = [judged]
        told += [f"none in {', '.join(profile['unjudged'])}"] if profile["unjudged"] else []
        told += [f"not asked: {', '.join(profile['not_asked'])}"] if profile.get("not_asked") else []
        return f"cannot be said ({', '.join(told)})"
    why = [f"{len(profile['broken'])} broken"] if profile["broken"] else []
    if profile["missing"]:
        why.append("lacks " + ", ".join(profile["missing"]))
    return f"does not hold ({'; '.join(why)})"


def profile_standing(result: Result, name: str) -> str:
    """State of a profile in few words: `holds 62 of 62`, `3 broken of 62`, and never `holds` of a part."""
    profile = result["profiles"][name]
    judged, decisive = profile["judged"], profile["requirements"]
    if profile["holds"] is False:
        parts = [f"{len(profile['broken'])} broken of {judged}"] if profile["broken"] else []
        return "; ".join(parts + (["lacks " + ", ".join(profile["missing"])] if profile["missing"] else []))
    if profile["holds"] is None:
        return f"cannot be said, {judged} of {decisive} judged"
    return f"holds {judged} of {judged}" + (f", {decisive - judged} not shown" if decisive > judged else "")


def clients_by_fate(result: Result) -> tuple[list[str], list[str], list[str]]:
    """The ids of clients that work, that do not work, and that could not be tested."""
    fates: dict[Any, list[str]] = {True: [], False: [], None: []}
    for name, each in result["clients"].items():
        fates[each["works"]].append(name)
    return fates[True], fates[False], fates[None]


def target_of(result: Result) -> dict[str, str]:
    """What is known of the target, by name."""
    return {name: str(value) for name, value in result["target"].items()}
