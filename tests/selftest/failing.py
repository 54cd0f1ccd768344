"""Which fault makes each test of the suites fail.

Run as a program over the output of `antiphon selftest --json`, it brings `tests/data/failing.yaml` up to date.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from antiphon.contract.load import edition_ids
from antiphon.explain.judges import checks
from antiphon.generated.options import AREA
from antiphon.selftest.suite_tests import collected_tests
from antiphon.server.faults import catalogue
from antiphon.suite.items import requirements_of

FILE = Path(__file__).parents[1] / "data" / "failing.yaml"
HEAD = """\
# Tests of the suites whose requirements others judge, too, so that a caught fault does not yet say that they can fail:
# a fault under which each was seen to fail, and those that fail under none, each group with its reason.
# `antiphon selftest --json > FILE; python tests/selftest/failing.py FILE` writes what was seen; reasons stay.
"""
CROSSED = (
    "modes/test_crossed.py",
    "modes/test_twins.py",
    "chat/test_modes.py",
    "chat/test_twins.py",
    "clients/test_dialogues.py",
)
NEW = "No fault makes it fail yet."


def name_of(test: str) -> str:
    """The name of a test; what is generated for many operations, or crossed in many rows, is one test for all."""
    return test.partition("[")[0] if test.startswith((f"{AREA}/", *CROSSED)) else test


@cache
def suite() -> Mapping[str, tuple[str, ...]]:
    """The requirements of each test of the suites, in any edition."""
    found: dict[str, tuple[str, ...]] = {}
    for name in edition_ids():
        for item in collected_tests(name):
            test = name_of(item.nodeid)
            found[test] = tuple(sorted({*found.get(test, ()), *requirements_of(item)}))
    return found


def named() -> set[str]:
    """The requirements that some fault breaks."""
    return {each for fault in catalogue().values() for each in fault.breaks}


def certain() -> set[str]:
    """Tests that alone judge a requirement which some fault breaks: where it is caught, they failed."""
    judges = Counter(each for requirements in suite().values() for each in set(requirements))
    alone = {each for each, count in judges.items() if count == 1 and each not in checks()} & named()
    return {test for test, requirements in suite().items() if not alone.isdisjoint(requirements)}


def listed() -> tuple[dict[str, str], dict[str, str]]:
    """The fault of each recorded test, and the reason of each that fails under none."""
    value: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    groups = value.get("never", ())
    return dict(value.get("failing", {})), {test: group["reason"] for group in groups for test in group["tests"]}


def seen(proofs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The first fault, by name, under which each test failed; those that were caught exactly only."""
    found: dict[str, str] = {}
    for proof in sorted(proofs, key=lambda proof: str(proof["fault"])):
        for test in proof["tests"] if proof["holds"] else ():
            found.setdefault(name_of(test), proof["fault"])
    return found


def rewrite(proofs: Iterable[Mapping[str, Any]]) -> None:
    """Write the file anew, with the reasons that it has."""
    found, (_, reasons) = seen(proofs), listed()
    doubtful = sorted(suite().keys() - certain())
    never: dict[str, list[str]] = {}
    for test in doubtful:
        if test not in found:
            never.setdefault(reasons.get(test, NEW), []).append(test)
    groups = [{"reason": reason, "tests": tests} for reason, tests in never.items()]
    value = {"failing": {test: found[test] for test in doubtful if test in found}, "never": groups}
    FILE.write_text(HEAD + yaml.dump(value, sort_keys=False, width=120), encoding="utf-8")


if __name__ == "__main__":
    rewrite(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["proofs"])
