"""docs/design.md is true of the whole tree: it names every room, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "antiphon"
PAGE = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
ROOMS = re.findall(r"^\| `([a-z_/]+)/` \| (.+) \|$", PAGE, re.MULTILINE)
ROOT_MODULES = 6


def rooms() -> set[str]:
    """The packages and those in them; what lies deeper belongs to the room above it."""
    paths = [path.parent.relative_to(SOURCE) for path in SOURCE.rglob("__init__.py")]
    return {path.as_posix() for path in paths if 1 <= len(path.parts) <= 2}


def test_every_room_has_one_sentence() -> None:
    assert sorted(name for name, _ in ROOMS) == sorted(rooms())
    assert all(len(sentence.split()) > 3 for _, sentence in ROOMS)


def test_the_modules_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", PAGE)) - {"tools/build_site.py"}

    assert len(named) > 5
    assert [name for name in sorted(named) if not any((base / name).is_file() for base in (SOURCE, ROOT))] == []


def test_the_root_has_few_modules_and_the_page_names_them() -> None:
    modules = {path.name for path in SOURCE.glob("*.py")} - {"__init__.py"}

    assert len(modules) <= ROOT_MODULES
    assert [name for name in sorted(modules) if f"`{name}`" not in PAGE] == []


def test_every_folder_of_tests_is_named_like_a_room() -> None:
    """But for those that look at the project as a whole."""
    whole = {"browser", "cases", "clients", "house", "lint", "proofs", "site", "whole"}
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}

    assert folders - whole <= {name for name, _ in ROOMS}
