"""Whether a tag can be released: its version is that of the package, and the changelog has a section for it.

python -m tools.release_version v0.2.0            # one line, and exit code 1 where they do not agree
python -m tools.release_version v0.2.0 --notes    # the section, for the release
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def version() -> str:
    """The version, from its only place."""
    text = (ROOT / "src" / "antiphon" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return found[1] if found else ""


def notes(of: str) -> str:
    """The section of a version in the changelog without its heading; empty where there is none."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(of)} - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def objection(tag: str) -> str:
    """Why a tag cannot be released; empty where it can."""
    if not re.fullmatch(r"v\d+\.\d+\.\d+", tag):
        return f"{tag} is no tag of a release; that has the form v0.2.0."
    if tag != f"v{version()}":
        return f"The tag is {tag}, and antiphon.__version__ is {version()}; they have to agree."
    return "" if notes(tag[1:]) else f"CHANGELOG.md has no section '## {tag[1:]} - DATE' with anything in it."


def main(words: list[str]) -> int:
    """Say whether the tag can be released, or print its notes."""
    if not words:
        print("name the tag, such as v0.2.0", file=sys.stderr)
        return 2
    if "--notes" in words:
        print(notes(words[0][1:]))
        return 0
    reason = objection(words[0])
    print(reason or f"{words[0]} can be released.", file=sys.stderr if reason else sys.stdout)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
