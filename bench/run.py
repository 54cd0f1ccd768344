"""How long, how many calls and how much memory `antiphon run` takes against the reference server.

Everything is measured in one process tree, one after the other. Prints figures and ratios; asserts nothing.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def timed(arguments: list[str], folder: Path) -> tuple[float, dict[str, int | float]]:
    """Seconds of a whole run, its start included, and what the result says of it."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "antiphon", "run", "--report-dir", str(folder), *arguments],
        check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    took = time.perf_counter() - began
    result = json.loads((folder / "result.json").read_text())
    return took, {**result["exercised"], "calls": result["calls"], "tokens": result["tokens"], "s": result["duration"]}


def serve(latency: float) -> tuple[subprocess.Popen[str], str]:
    """A reference server of its own process, and its base URL."""
    server = subprocess.Popen(
        [sys.executable, "-m", "antiphon", "serve", "--port", "0", "--latency", str(latency)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    line = server.stdout.readline()
    return server, line.split()[0]


def longest_chain(folder: Path) -> int:
    """The most calls that one scenario makes."""
    steps = re.findall(r'"exchange":"[^"]*?/(\d+)"', (folder / "transcript.jsonl").read_text())
    return max(map(int, steps))


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        took, facts = timed(["--depth", "standard"], folder / "here")
        print(f"run, reference server in the same process   {took:6.2f} s  {facts}")
        took, facts = timed(["--thorough"], folder / "thorough")
        print(f"run --thorough                              {took:6.2f} s  {facts}")
        plain: dict[float, float] = {}
        for latency in (0.0, 1.0):
            server, base_url = serve(latency)
            try:
                options = ["--base-url", base_url, "--model", "antiphon-1", "--depth", "standard"]
                plain[latency], _ = timed(options, folder / f"latency-{latency}")
            finally:
                server.terminate()
                server.wait()
            print(f"run, server of its own, latency {latency:.0f} s         {plain[latency]:6.2f} s")
        chain = longest_chain(folder / "latency-1.0")
        print(f"longest chain: {chain} calls; with latency 1 the run took {plain[1.0] - chain:.2f} s more than it")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(f"peak memory of the largest run: {peak:.0f} MB on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
