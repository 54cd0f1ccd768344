"""What a baseline excuses, and what decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from tests.gate.command import antiphon
from tests.report import made

from antiphon.contract.load import contract
from antiphon.errors import ConfigError, Exit
from antiphon.gate.baseline import load
from antiphon.gate.decision import Gate, GateOutcome, GatePolicy, decide
from antiphon.gate.text import as_json, as_markdown, as_text, problems
from antiphon.report.result_model import Result

TODAY = date(2026, 10, 1)
KNOWN = "stream.delta.has-deltas"
OTHER = "usage.total"


def entry(name: str = KNOWN, verdict: str = "fail", expires: str = "2026-12-31", **more: str) -> str:
    """An entry of a baseline as it stands in a file."""
    given = {"id": name, "verdict": verdict, "reason": "known", "owner": "us", "expires": expires} | more
    first, *rest = (f"{key}: {value}" for key, value in given.items() if value)
    return "\n  ".join([f"- {first}", *rest]) + "\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "baseline.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def result(verdicts: dict[str, str], **more: Any) -> Result:
    """A result in which these requirements have these verdicts, and all others passed."""
    found: Result = made.clean()
    template = found["requirements"][0]
    found["requirements"] = [
        template | {"id": name, "verdict": verdict, "level": "should" if verdict == "warn" else "must"}
        for name, verdict in verdicts.items()
    ]
    return cast("Result", found | more)


def gate(tmp_path: Path, verdicts: dict[str, str], *entries: str, **policy: Any) -> Gate:
    text = "baseline: 1\nexpected:\n" + "".join(entries) if entries else "baseline: 1\n"
    baseline = load(written(tmp_path, text), contract())
    return decide(result(verdicts), GatePolicy(baseline, today=TODAY, **policy))


@pytest.mark.parametrize(
    ("verdict", "entries", "outcome", "code"),
    [
        ("fail", [entry()], GateOutcome.EXPECTED, Exit.HOLDS),
        ("fail", [], GateOutcome.BROKEN, Exit.BROKEN),
        ("fail", [entry(verdict="warn")], GateOutcome.BROKEN, Exit.BROKEN),
        ("fail", [entry(verdict="not-testable")], GateOutcome.BROKEN, Exit.BROKEN),
        ("pass", [entry()], GateOutcome.STALE, Exit.STALE),
        ("not-applicable", [entry()], GateOutcome.STALE, Exit.STALE),
        ("warn", [entry()], GateOutcome.STALE, Exit.STALE),
        ("fail", [entry(expires="2026-09-30")], GateOutcome.EXPIRED, Exit.STALE),
        ("pass", [entry(expires="2026-09-30")], GateOutcome.EXPIRED, Exit.STALE),
        ("fail", [entry(expires="2026-10-01")], GateOutcome.EXPECTED, Exit.HOLDS),
        ("not-testable", [entry()], GateOutcome.UNSEEN, Exit.HOLDS),
        ("not-asked", [entry()], GateOutcome.UNSEEN, Exit.HOLDS),
        ("not-testable", [entry(verdict="not-testable")], GateOutcome.EXPECTED, Exit.HOLDS),
    ],
)
def test_each_verdict_has_one_outcome(
    verdict: str, entries: list[str], outcome: GateOutcome, code: Exit, tmp_path: Path
) -> None:
    decided = gate(tmp_path, {KNOWN: verdict}, *entries)

    assert [each.outcome for each in decided.findings] == [outcome]
    assert decided.exit is code


@pytest.mark.parametrize(
    ("depth", "played", "outcome"),
    [
        ("", "standard", GateOutcome.STALE),
        ("", "thorough", GateOutcome.STALE),
        ("", "core", GateOutcome.UNSEEN),
        ("", "none", GateOutcome.UNSEEN),
        ("depth: core\n", "core", GateOutcome.STALE),
        ("depth: thorough\n", "standard", GateOutcome.UNSEEN),
        ("depth: thorough\n", "thorough", GateOutcome.STALE),
    ],
)
@pytest.mark.parametrize("verdict", ["pass", "warn", "not-applicable"])
def test_what_was_not_played_makes_no_entry_stale(
    depth: str, played: str, outcome: GateOutcome, verdict: str, tmp_path: Path
) -> None:
    baseline = load(written(tmp_path, f"baseline: 1\n{depth}expected:\n{entry()}"), contract())
    decided = decide(result({KNOWN: verdict}, depth=played), GatePolicy(baseline, today=TODAY))

    assert [each.outcome for each in decided.findings] == [outcome]


def test_what_is_newly_broken_weighs_more_than_what_is_stale(tmp_path: Path) -> None:
    decided = gate(tmp_path, {KNOWN: "pass", OTHER: "fail"}, entry())

    assert {each.outcome for each in decided.findings} == {GateOutcome.STALE, GateOutcome.BROKEN}
    assert decided.exit is Exit.BROKEN


def test_new_failures_alone_decide_where_that_is_asked_for(tmp_path: Path) -> None:
    assert gate(tmp_path, {KNOWN: "pass"}, entry(), new_failures_only=True).exit is Exit.HOLDS
    assert gate(tmp_path, {OTHER: "fail"}, entry(), new_failures_only=True).exit is Exit.BROKEN


def test_a_should_decides_only_where_that_is_asked_for(tmp_path: Path) -> None:
    assert gate(tmp_path, {KNOWN: "warn"}).exit is Exit.HOLDS
    assert gate(tmp_path, {KNOWN: "warn"}, fail_on="should").exit is Exit.BROKEN
    assert gate(tmp_path, {KNOWN: "warn"}, entry(verdict="warn"), fail_on="should").exit is Exit.HOLDS


@pytest.mark.parametrize("verdict", ["pass", "fail", "warn"])
def test_what_is_flaky_never_decides_and_is_shown(verdict: str, tmp_path: Path) -> None:
    text = f"baseline: 1\nflaky:\n- id: {KNOWN}\n  reason: now and then\n  owner: us\n"
    baseline = load(written(tmp_path, text), contract())
    decided = decide(result({KNOWN: verdict}), GatePolicy(baseline, fail_on="should", today=TODAY))

    assert decided.exit is Exit.HOLDS
    assert any("known flaky" in line and verdict in line for line in as_text(decided))


def profile(**more: Any) -> dict[str, Any]:
    base = {"says": "x", "holds": True, "requirements": 2, "judged": 2, "broken": [], "missing": [], "unjudged": []}
    return {"core": base | more}


@pytest.mark.parametrize(
    ("profiles", "more", "holds"),
    [
        (profile(), {}, True),
        (profile(holds=False, broken=[OTHER]), {}, False),
        (profile(holds=False, missing=["chat"]), {}, False),
        (profile(holds=None, unjudged=["core"]), {}, None),
        (profile(holds=None), {"filtered": True}, None),
        (profile(holds=False, broken=[KNOWN]), {}, True),
        (profile(holds=False, broken=[KNOWN]), {"source": "judge"}, None),
        ({}, {}, None),
    ],
)
def test_a_required_profile_must_be_known_to_hold(
    profiles: dict[str, Any], more: dict[str, Any], holds: bool | None, tmp_path: Path
) -> None:
    """What is flaky is left out; a part of a run is never enough."""
    text = f"baseline: 1\nflaky:\n- id: {KNOWN}\n  reason: now and then\n  owner: us\n"
    policy = GatePolicy(load(written(tmp_path, text), contract()), ("core",), today=TODAY)
    decided = decide(result({}, profiles=profiles, **more), policy)

    assert [each.holds for each in decided.demands] == [holds]
    assert decided.exit is (Exit.HOLDS if holds else Exit.BROKEN)


def test_an_expected_failure_does_not_make_a_profile_hold(tmp_path: Path) -> None:
    policy = GatePolicy(
        load(written(tmp_path, "baseline: 1\nexpected:\n" + entry()), contract()), ("core",), today=TODAY
    )
    decided = decide(result({KNOWN: "fail"}, profiles=profile(holds=False, broken=[KNOWN])), policy)

    assert [each.outcome for each in decided.findings] == [GateOutcome.EXPECTED]
    assert decided.exit is Exit.BROKEN


def test_problems_name_the_line_of_the_file(tmp_path: Path) -> None:
    decided = gate(tmp_path, {KNOWN: "pass", OTHER: "fail"}, entry(), entry(OTHER, expires="2026-09-01"))

    found = [(each.rule, each.line, each.requirement) for each in problems(decided)]
    assert found == [("baseline.stale", 3, KNOWN), ("baseline.expired", 8, OTHER)]
    assert [each["line"] for each in as_json(decided)["problems"]] == [3, 8]


def test_what_people_wrote_stays_text(tmp_path: Path) -> None:
    text = entry(reason='"<script>x</script> | @all"', link="https://tracker.example/1")
    shown = as_markdown(gate(tmp_path, {KNOWN: "fail"}, text))

    assert "<script>" not in shown
    assert "\\|" in shown


MISTAKES = {
    "no-baseline": ("a: 1\n", "not a baseline", 1),
    "a-list": ("- 1\n", "not a baseline", 1),
    "not-yaml": ("baseline: 1\nexpected: [\n", "not YAML", 3),
    "unknown-key": ("baseline: 1\nexpectd: []\n", "did you mean expected", 1),
    "unknown-entry-key": ("baseline: 1\nexpected:\n" + entry(expries="x"), "did you mean expires", 3),
    "unknown-id": ("baseline: 1\nexpected:\n" + entry("stream.delta.has-delta"), KNOWN, 3),
    "unknown-verdict": ("baseline: 1\nexpected:\n" + entry(verdict="broken"), "verdict", 4),
    "no-reason": ("baseline: 1\nexpected:\n" + entry(reason=""), "reason", 3),
    "no-expiry": ("baseline: 1\nexpected:\n" + entry(expires=""), "expires", 3),
    "no-owner": ("baseline: 1\nexpected:\n" + entry(owner=""), "owner", 3),
    "not-a-day": ("baseline: 1\nexpected:\n" + entry(expires="2026-02-30"), "YYYY-MM-DD", 7),
    "not-a-link": ("baseline: 1\nexpected:\n" + entry(link="tracker/1"), "link", 8),
    "twice": ("baseline: 1\nexpected:\n" + entry() + entry(), "twice", 8),
    "key-twice": ("baseline: 1\nbaseline: 1\n", "twice", 2),
    "both-lists": (f"baseline: 1\nexpected:\n{entry()}flaky:\n- id: {KNOWN}\n  reason: x\n  owner: y\n", "one of", 9),
    "other-edition": ("baseline: 1\nedition: azure-2026\n", "--edition azure-2026", 2),
    "alias": ("baseline: &a 1\nedition: *a\n", "alias", 2),
    "deep": ("baseline: " + "[" * 500 + "]" * 500 + "\n", "deep", 1),
    "other-format": ("baseline: 2\n", "1", 1),
}


@pytest.mark.parametrize(("text", "cure", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_line_and_cure(text: str, cure: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path, text), contract())

    assert cure in str(raised.value)
    assert f"baseline.yaml, line {line}: " in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_whole_way(tmp_path: Path) -> None:
    """A known fault is excused, a mended one is stale, a second one is new: each with its exit code."""
    select = ("-k", "stream", "-k", "usage", "--depth", "standard")
    first = antiphon("run", *select, "--fault", "no-text-deltas", "--report-dir", "a", folder=tmp_path)
    assert first.returncode == 1, first.stderr
    assert antiphon("baseline", "a/result.json", "-o", "b.yaml", "--owner", "us", folder=tmp_path).returncode == 0

    same = antiphon(
        "run", *select, "--fault", "no-text-deltas", "--baseline", "b.yaml", "--report-dir", "c", folder=tmp_path
    )
    mended = antiphon("run", *select, "--baseline", "b.yaml", "--report-dir", "d", folder=tmp_path)
    judged = antiphon("judge", "a/transcript.jsonl", "--baseline", "b.yaml", "--report-dir", "e", folder=tmp_path)

    assert (same.returncode, mended.returncode, judged.returncode) == (0, 5, 0), same.stdout + mended.stdout
    assert "1 as expected" in same.stdout
    assert "stale" in mended.stdout
    assert "b.yaml" in (tmp_path / "d" / "gate.json").read_text()
    assert (tmp_path / "d" / "gate.sarif").exists()


def test_an_updated_baseline_keeps_what_people_wrote(tmp_path: Path) -> None:
    done = antiphon(
        "run", "-k", "stream", "--depth", "standard", "--fault", "no-text-deltas", "--report-dir", "a", folder=tmp_path
    )
    assert done.returncode == 1, done.stderr
    text = "baseline: 1\nexpected:\n" + entry(reason="A gateway of old.") + entry("stream.sequence.contiguous")
    written(tmp_path, text)
    done = antiphon("baseline", "a/result.json", "--update", "baseline.yaml", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "A gateway of old." in done.stdout
    assert "stream.sequence.contiguous" not in done.stdout
    load(written(tmp_path, done.stdout), contract())


USAGE = {
    "missing": (["run", "--baseline", "none.yaml"], "none.yaml"),
    "profile": (["run", "--require-profile", "cor"], "core"),
    "level": (["run", "--fail-on", "may"], "should"),
    "new-only": (["run", "--new-failures-only"], "--baseline"),
    "no-result": (["baseline", "none.json"], "none.json"),
    "past": (["baseline", "none.json", "--expires", "2020-01-01"], "none.json"),
    "history": (["history", "nowhere"], "nowhere"),
    "redact": (["redact", "none.har"], "none.har"),
    "redact-env": (["redact", "none.har", "--secret-env", "NOT_SET_1"], "NOT_SET_1"),
    "nightly-openapi": (["nightly", "--openapi", "none.yaml"], "none.yaml"),
}


@pytest.mark.parametrize(("arguments", "cure"), USAGE.values(), ids=USAGE)
def test_a_wrong_option_gives_one_sentence(arguments: list[str], cure: str, tmp_path: Path) -> None:
    done = antiphon(*arguments, folder=tmp_path)

    assert done.returncode == 2, done.stdout + done.stderr
    assert cure in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not any(tmp_path.iterdir())
