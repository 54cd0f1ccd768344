"""Judges a transcript of a gigabyte, and says how much memory and time that took.

    python bench/large.py [MEGABYTES [JOBS...]]

With several numbers of jobs, each is measured in turn, over the same file. The transcript repeats the committed sample,
each time with new ids. It is written to a temporary file, and deleted afterwards. Prints figures; asserts nothing.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.recording.records import dump

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "tests" / "data" / "traffic" / "sample.jsonl.gz"
MEGABYTE = 1_000_000
_ID = re.compile(r"(resp|msg|rs|fc|conv|chatcmpl)([_-])[0-9A-Za-z]{16,}")


def lines() -> Iterator[bytes]:
    """Lines of a transcript without end. In each round all ids are new, and the same within an exchange."""
    templates = [dump(each) for each in map(_unnamed, read(SAMPLE)) if each is not None]
    for number in count():
        for place, line in enumerate(templates):
            renamed = _renamed(line, f"{number:024x}")
            yield renamed.replace('"exchange":"', f'"exchange":"{number}/{place}', 1).encode() + b"\n"


def _renamed(line: str, suffix: str) -> str:
    return _ID.sub(lambda found: f"{found[1]}{found[2]}{zlib.crc32(found[0].encode()):08x}{suffix}", line)


def _unnamed(record: object) -> Exchange | None:
    return replace(record, id="") if isinstance(record, Exchange) else None


def write(path: Path, size: int) -> int:
    """Write a transcript of at least so many bytes; how many lines it has."""
    written = 0
    with path.open("wb") as file:
        for number, line in enumerate(lines(), 1):
            written += file.write(line)
            if written >= size:
                return number
    return 0


REPORTING = """
import re, resource, sys
from antiphon.cli import main
try:
    main(sys.argv[2:])
finally:
    try:
        held = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) * 1024
        held = max(held, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    except OSError:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    open(sys.argv[1], "w").write(str(held))
"""
"""Says itself how much it held; what the system says of a child counts the parent that it was copied from."""


class Measure(NamedTuple):
    """How a transcript was judged.

    `busy` are the seconds of all processors together, `held` the most megabytes of one process.
    """

    code: int
    seconds: float
    busy: float
    held: float


def judge(path: Path, folder: Path, jobs: int = 1) -> Measure:
    """Judge a transcript in a process of its own, and those that it starts."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    said = path.with_suffix(".held")
    arguments = ["judge", str(path), "--report-dir", str(folder), "--jobs", str(jobs)]
    command = [sys.executable, "-c", REPORTING, str(said), *arguments]
    code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measure(code, time.perf_counter() - began, busy, int(said.read_text()) / MEGABYTE)


def main() -> None:
    """Print the figures."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "transcript.jsonl"
        exchanges = write(path, megabytes * MEGABYTE)
        for jobs in map(int, sys.argv[2:] or ["1"]):
            code, seconds, busy, held = judge(path, Path(name) / "report", jobs)
            print(
                f"{megabytes} MB, {exchanges} exchanges, {jobs} jobs: {seconds:.1f} s ({busy:.1f} s of processors), "
                f"at most {held:.0f} MB of memory in one process, exit code {code}"
            )


if __name__ == "__main__":
    main()
