"""A command on a busy machine: processes that burn the cores, the command among them, and how it went.

    python bench/busy.py [-n PROCESSES] [-r TIMES] -- COMMAND ...

Prints a line for each time: the exit code, the seconds, and the load. Ends with the worst exit code. The burners must
not change that: a slow machine is no fault of the server that is judged.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

BURNING = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(100_000))\n"
"""A burner ends with the process that started it, also where that one is killed."""


@contextmanager
def burners(count: int) -> Iterator[None]:
    """Processes at the usual priority that burn as much of the cores as they get."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            started.append(subprocess.Popen([sys.executable, "-c", BURNING]))
        yield
    finally:
        for each in started:
            each.kill()
            each.wait()


def main() -> int:
    """Run the command as often as is asked; the worst of its exit codes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--processes", type=int, default=8, help="how many burn (default: 8)")
    parser.add_argument("-r", "--repeat", type=int, default=1, help="how often the command is run (default: once)")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command, after --")
    asked = parser.parse_args()
    command = asked.command[1:] if asked.command[:1] == ["--"] else asked.command
    if not command:
        parser.error("give a command, after --")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    worst = 0
    with burners(asked.processes):
        for number in range(1, asked.repeat + 1):
            began = time.perf_counter()
            code = subprocess.run(command, check=False).returncode
            took = time.perf_counter() - began
            load, cores = os.getloadavg()[0], os.cpu_count()
            print(
                f"busy {number}/{asked.repeat}: exit code {code} after {took:.1f} s; "
                f"{asked.processes} burners on {cores} cores, load {load:.1f}",
                flush=True,
            )
            worst = max(worst, abs(code))
    return worst


if __name__ == "__main__":
    sys.exit(main())
