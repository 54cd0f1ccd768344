"""Requirements that also change their verdict under a fault of the reference server, from `spec/faults.yaml`."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated

HEAD = """\
# By fault of the reference server: the requirements that nothing shows any more while it is on.
# Measured and written by `antiphon selftest --record`. What a fault breaks and implies is written beside it.
hides:
"""


def path() -> Path:
    """The file that the selftest writes."""
    return spec_dir() / "faults.yaml"


@cache
def consequences() -> Mapping[str, frozenset[str]]:
    """The requirements that each fault hides, by its name. Raises SpecError."""
    return {name: frozenset(ids) for name, ids in read_validated(path(), "faults")["hides"].items()}


def write(hidden: Mapping[str, frozenset[str]]) -> None:
    """Write the file anew, in the order of names."""
    entries = (_entry(name, ids) for name, ids in sorted(hidden.items()) if ids)
    path().write_text(HEAD + "".join(f"{entry}\n" for entry in entries), encoding="utf-8")
    consequences.cache_clear()


def _entry(name: str, ids: frozenset[str]) -> str:
    text = f"{name}: [{', '.join(sorted(ids))}]"
    return textwrap.fill(
        text, 118, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
