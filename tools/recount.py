"""Recount the evidence of recorded traffic: of how many exchanges that could show a requirement it holds in how many.

A count names as its place one of the recordings, the first by id in which the requirement holds.

    python -m tools.recount ../shared/traffic            # what differs from spec/requirements
    python -m tools.recount ../shared/traffic --write    # and write it there

Recordings of other servers, and those that are not verbatim enough, count nothing. A requirement that only a scenario
shows has no such count.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from antiphon.contract.load import all_requirements, contract
from antiphon.contract.paths import spec_dir
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read

EDITIONS = {"provider:openai": "openai-2026-08", "provider:azure": "azure-2026"}
"""The edition under which the recordings of a provider are judged."""
UNSURE = frozenset({"address-inferred", "status-assumed", "times-replaced"})
"""Notes of recordings that are not what was sent and received."""
NO_TRUTH = re.compile(r"openai_compatible/|/vllm/|followup-response-streaming|test_simple_agent|flue-v0-8-latest")
"""Sources that are not what their provider says, as SOURCES.md of the recordings tells."""
ENTRY = re.compile(r"^- id: (?P<id>\S+)\n(?:  .*\n)+", re.MULTILINE)
COUNTS = re.compile(r"\{source: wire, (?P<before>[^{}]*, )?counts: (?P<counts>\"[^\"]*\"|[^,{}]*)(?P<after>[^{}]*)\}")
PLACE = re.compile(r",\s+where: recording \w+")

BARE = re.compile(r"(evidence: \[(?:[^\]]*, )?)wire(?=[,\]])")
"""The same source without counts."""


class Shown(NamedTuple):
    """Exchanges in which a requirement holds, those that could show it, and the id of one in which it holds."""

    held: int = 0
    judged: int = 0
    recording: str = ""

    def __str__(self) -> str:
        return f"{self.held} of {self.judged}"

    @property
    def evidence(self) -> str:
        """What stands after the source in an entry of evidence."""
        return f"counts: {self}" + (f", where: recording {self.recording}" if self.recording else "")


def recordings(folder: Path) -> Iterator[Exchange]:
    """Every exchange of the recordings in a folder."""
    for path in sorted(folder.glob("*.jsonl*")):
        yield from (each for each in read(path) if isinstance(each, Exchange))


def unsure(folder: Path) -> Iterator[str]:
    """The ids of the recordings that prove nothing of the service."""
    for path in sorted(folder.glob("*.jsonl*")):
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if NO_TRUTH.search(line.get("source", "")):
                    yield line["id"]


def recount(folder: Path) -> Mapping[str, Shown]:
    """By requirement: what the recordings show of it."""
    judges = {note: Judge(contract(edition)) for note, edition in EDITIONS.items()}
    seen = set(unsure(folder))
    first: dict[str, str] = {}
    for exchange in sorted(recordings(folder), key=lambda each: each.id):
        note = next((each for each in EDITIONS if each in exchange.notes), None)
        if note is None or exchange.id in seen or exchange.notes & UNSURE:
            continue
        seen.add(exchange.id)
        before = _held(judges[note])
        judges[note].feed(exchange)
        for requirement, number in _held(judges[note]).items():
            if number > before[requirement]:
                first.setdefault(requirement, exchange.id)
    held: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for judge in judges.values():
        for requirement, entry in judge.finish().entries.items():
            held[requirement] += entry.judged - entry.violated
            judged[requirement] += entry.judged
    return {each: Shown(held[each], judged[each], first.get(each, "")) for each in judged}


def _held(judge: Judge) -> Counter[str]:
    return Counter({name: entry.judged - entry.violated for name, entry in judge.ledger.entries.items()})


def rewritten(text: str, counts: Mapping[str, Shown], differences: list[str]) -> str:
    """A file of requirements with the counts that were found."""

    def entry(match: re.Match[str]) -> str:
        requirement = match["id"]
        known = all_requirements().get(requirement)
        if known is None or known.judged == "suite":
            return match[0]
        shown = counts.get(requirement, Shown())
        if shown.judged and "source: wire" not in match[0] and BARE.search(match[0]):
            differences.append(f"{requirement}: not counted, now {shown}")
            return BARE.sub(rf"\g<1>{{source: wire, {shown.evidence}}}", match[0], count=1)

        def count(found: re.Match[str]) -> str:
            old = found["counts"].strip("\"'")
            new = f"{{source: wire, {found['before'] or ''}{shown.evidence}{PLACE.sub('', found['after'])}}}"
            if old != str(shown):
                differences.append(f"{requirement}: {old}, now {shown if shown.judged else 'shown by none'}")
            elif new != found[0]:
                differences.append(f"{requirement}: shown by recording {shown.recording}")
            return new if shown.judged else found[0]

        return COUNTS.sub(count, match[0])

    return ENTRY.sub(entry, text)


def main() -> None:
    """Compare, and write on request."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write the counts into spec/requirements")
    options = parser.parse_args()
    counts = recount(options.folder)
    differences: list[str] = []
    for path in sorted((spec_dir() / "requirements").glob("*.yaml")):
        before = path.read_text(encoding="utf-8")
        after = rewritten(before, counts, differences)
        if options.write and after != before:
            path.write_text(after, encoding="utf-8")
    print("\n".join(differences) or "all counts are those of the recordings")


if __name__ == "__main__":
    main()
