"""Requirements that also change their verdict under a fault of the reference server, from `spec/faults.yaml`."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from antiphon.contract.load import read_validated
from antiphon.contract.paths import spec_dir

HEAD = """\
# What else changes while a fault of the reference server is on, besides the requirements that it names.
# `implies`: requirements that it cannot but break as well; each is a decision, written by hand.
# `hides`: requirements that nothing shows any more while it is on; `antiphon selftest --record` writes these.
faults:
"""


@dataclass(frozen=True, slots=True)
class Consequences:
    """Of one fault: what it breaks besides, and what cannot be judged any more."""

    implies: frozenset[str] = frozenset()
    hides: frozenset[str] = frozenset()


def path() -> Path:
    return spec_dir() / "faults.yaml"


@cache
def consequences() -> Mapping[str, Consequences]:
    """By the name of the fault. Raises SpecError."""
    value = read_validated(path(), "faults")
    return {
        name: Consequences(frozenset(each.get("implies", ())), frozenset(each.get("hides", ())))
        for name, each in value["faults"].items()
    }


def write(known: Mapping[str, Consequences]) -> None:
    """Write the file anew, in the order of names."""
    lines = [HEAD.rstrip("\n")]
    for name, each in sorted(known.items()):
        if each.implies or each.hides:
            lines.append(f"  {name}:")
            lines += _listed("implies", each.implies) + _listed("hides", each.hides)
    path().write_text("\n".join(lines) + "\n", encoding="utf-8")
    consequences.cache_clear()


def _listed(key: str, ids: frozenset[str]) -> list[str]:
    if not ids:
        return []
    text = f"{key}: [{', '.join(sorted(ids))}]"
    return textwrap.wrap(
        text, 118, initial_indent="    ", subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )
