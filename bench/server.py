"""How fast the reference server is, beside another one that is already running. Prints figures; asserts nothing.

    python bench/server.py [--rival URL] [--rival-pid PID] [--seconds S] [--creates N] [--churn N]

Both are loaded in turn by a process of its own (`bench/load.py`), which looks at every answer; one that is wrong ends
the bench. Deltas are not paced, but for the streams that are at work at once in their hundreds. Figures for one second
of the server's processor stand beside those of the clock, since the load takes its part of a small machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOAD = Path(__file__).with_name("load.py")
BODY = json.dumps({"model": "antiphon-1", "input": "Say hi."})
CONNECTIONS = (1, 16, 64)
TOGETHER = 1_000
PACED = (100, 300, 1_000, 5_000)
PACE = 0.002
"""Seconds between the deltas of those, which the rival is to be told as well."""
ROWS = {
    "create": {"answers": "creates of one word"},
    "word": {"answers": "streams of one word", "events": "  their events"},
    "stream": {"events": "events of what each says", "answers": "  their streams"},
}
"""By what is asked for, what is counted of it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is measured; without a `pid` what it takes is not known."""

    name: str
    url: str
    pid: int | None = None

    @property
    def cpu(self) -> float:
        """Seconds of the processor so far."""
        if self.pid is None:
            return float("nan")
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Resident megabytes."""
        if self.pid is None:
            return float("nan")
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=False)
        return int(shown.stdout or 0) / 1024

    @property
    def files(self) -> int | None:
        """Open file descriptors, where the platform tells."""
        folder = Path(f"/proc/{self.pid}/fd")
        return len([*folder.iterdir()]) if folder.is_dir() else None


def start(pace: float = 0.0) -> tuple[subprocess.Popen[str], str]:
    """A reference server of its own process, and its base URL."""
    command = [sys.executable, "-m", "antiphon", "serve", "--port", "0", "--pace", str(pace)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    return server, server.stdout.readline().split()[0]


@contextmanager
def serving(pace: float = 0.0) -> Iterator[Server]:
    """A server that runs as long as the context."""
    process, url = start(pace)
    try:
        yield Server("antiphon", url, process.pid)
    finally:
        process.terminate()
        process.wait()


def create(url: str) -> int:
    """The status of one create."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port)
    connection.request("POST", f"{parts.path}/responses", BODY, {"content-type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def first_answer() -> float:
    """Seconds from the start of the process to its first answer."""
    began = time.perf_counter()
    with serving() as server:
        assert create(server.url) == 200
        return time.perf_counter() - began


def load(server: Server, mode: str, connections: int, amount: float) -> dict[str, float]:
    """What a load came to, with the seconds of the server's processor."""
    busy = server.cpu
    command = [sys.executable, str(LOAD), server.url, mode, str(connections), str(amount)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(told.stderr.strip())
    figures: dict[str, float] = json.loads(told.stdout)
    return {**figures, "cpu": server.cpu - busy}


def row(name: str, counted: str, figures: list[dict[str, float]]) -> None:
    """One line: what the clock and the processor say of each server, and how many times as fast the first is."""
    rates = [(each[counted] / each["seconds"], each[counted] / (each["cpu"] or 1)) for each in figures]
    shown = "   ".join(f"{clock:9,.0f} /s {cpu:9,.0f} /cpu-s" for clock, cpu in rates)
    ratio = ""
    if len(rates) > 1:
        (clock, cpu), (rival_clock, rival_cpu) = rates
        ratio = f"   {clock / rival_clock:5.2f} times, {cpu / rival_cpu:5.2f} by processor"
    print(f"{name:42} {shown}{ratio}", flush=True)


def speed(servers: list[Server], seconds: float) -> None:
    """Creates, streams and their events a second, over few and many connections; each server is asked in turn."""
    for mode, rows in ROWS.items():
        for connections in CONNECTIONS:
            figures = [load(server, mode, connections, seconds) for server in servers]
            for counted, name in rows.items():
                row(f"{name}, {connections} connections", counted, figures)


def together(servers: list[Server]) -> None:
    """Many streams at once."""
    for server in servers:
        figures = load(server, "together", TOGETHER, 3)
        print(
            f"{figures['answers']:,.0f} streams, {figures['at_once']:,.0f} at once, of {server.name}: "
            f"no error, {figures['events']:,.0f} events in {figures['seconds']:.2f} s"
        )


def paced(rivals: list[Server]) -> None:
    """What one of many paced streams takes of the processor: it is to be the same, however many there are."""
    with serving(PACE) as server:
        load(server, "story", 16, 2)
        for count in PACED:
            # What few streams take is less than the clock of the processor can tell.
            times = max(1, 500 // count)
            figures = {each.name: load(each, "story", count, times) for each in (server, *rivals)}
            shown = (
                f"{name} {figure['seconds'] / times:6.2f} s, {figure['events'] / figure['answers']:.0f} events each, "
                f"{figure['cpu'] / figure['answers'] * 1000:6.2f} ms of the processor"
                for name, figure in figures.items()
            )
            print(f"{count:5,} paced streams at once: {'; '.join(shown)}", flush=True)


def memory(server: Server, creates: int) -> None:
    """Memory after many creates; it is to stay where it is once the store is full."""
    before, shown = server.memory, []
    for _ in range(4):
        done = 0.0
        while done < creates / 4:
            done += load(server, "create", 16, 2)["answers"]
        shown.append(server.memory)
    told = ", ".join(f"{each:.0f}" for each in shown)
    print(f"memory: {before:.0f} MB before, then after each quarter of {creates:,} creates {told} MB")


def churn(server: Server, connections: int) -> None:
    """Memory and file descriptors after connections that each do something else and go away."""
    parts = urlsplit(server.url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    ask = f"POST {parts.path}/responses HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n".encode()
    streamed = json.dumps({"model": "antiphon-1", "input": "Count to 1000.", "stream": True}).encode()
    whole = ask + b"content-length: %d\r\n\r\n" % len(streamed) + streamed
    manners = (b"", whole[:40], whole, whole[:-9], b"\x00\xff nonsense\r\n\r\n", whole + whole)
    memory, files = server.memory, server.files
    for number in range(connections):
        with socket.create_connection(address) as peer:
            peer.sendall(manners[number % len(manners)])
            if number % 4 == 0:
                peer.settimeout(0.001)
                try:
                    peer.recv(200)
                except OSError:
                    continue
    time.sleep(1)
    assert create(server.url) == 200
    print(
        f"{connections:,} connections that went away: {memory:.0f} to {server.memory:.0f} MB, "
        f"{files} to {server.files} open files"
    )


def main() -> None:
    """Print the figures."""
    reader = argparse.ArgumentParser(description="How fast the reference server is.")
    reader.add_argument("--rival", default=os.environ.get("ANTIPHON_BENCH_RIVAL"), help="base URL of another server")
    reader.add_argument("--rival-pid", type=int, help="its process, for what it takes of processor and memory")
    reader.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts")
    reader.add_argument("--creates", type=int, default=100_000, help="creates before memory is looked at")
    reader.add_argument("--churn", type=int, default=10_000, help="connections that come and go")
    asked = reader.parse_args()
    print(f"first answer after {statistics.median(first_answer() for _ in range(3)):.2f} s, the median of 3")
    with serving() as server:
        servers = [server]
        if asked.rival:
            servers.append(Server("the rival", asked.rival.rstrip("/"), asked.rival_pid))
        else:
            print("no rival was given (--rival URL): only the reference server is measured")
        for each in servers:
            load(each, "create", 16, 1)
        speed(servers, asked.seconds)
        together(servers)
        paced(servers[1:])
        memory(server, asked.creates)
        churn(server, asked.churn)


if __name__ == "__main__":
    main()
