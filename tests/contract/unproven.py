"""Which requirements no fault proves. Run as a program, it brings `tests/data/unproven.yaml` up to date."""

from __future__ import annotations

from pathlib import Path

import yaml

from antiphon.contract.load import contract, edition_ids
from antiphon.contract.model import Level
from antiphon.explain.judges import faults

FILE = Path(__file__).parents[1] / "data" / "unproven.yaml"
HEAD = """\
# Requirements of level must or should that no fault of the reference server breaks, each group with its reason.
# `python tests/contract/unproven.py` takes out those that have a fault by now and adds those that lost theirs.
"""
NEW = "No fault breaks it yet."


def binding() -> dict[str, list[str]]:
    """Every requirement that is a must or a should in some edition, with these editions."""
    found: dict[str, list[str]] = {}
    for name in edition_ids():
        for each in contract(name).requirements.values():
            if each.level is not Level.MAY:
                found.setdefault(each.id, []).append(name)
    return found


def without_fault() -> set[str]:
    """The binding requirements that no fault names."""
    return binding().keys() - faults().keys()


def listed() -> dict[str, str]:
    """Each requirement of the file with its reason."""
    groups = yaml.safe_load(FILE.read_text(encoding="utf-8"))["unproven"] if FILE.is_file() else []
    return {name: group["reason"] for group in groups for name in group["requirements"]}


def rewrite() -> None:
    """Write the file anew, with the reasons that it has."""
    reasons, groups = listed(), dict[str, list[str]]()
    for name in sorted(without_fault()):
        groups.setdefault(reasons.get(name, NEW), []).append(name)
    value = {"unproven": [{"reason": reason, "requirements": names} for reason, names in groups.items()]}
    FILE.write_text(HEAD + yaml.dump(value, sort_keys=False, width=120), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
