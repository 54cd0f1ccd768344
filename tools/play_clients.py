"""Play the cases of clients/ against a reference server, started here on a free port, and print their totals.

    python -m tools.play_clients                       # every client, at its pinned version
    python -m tools.play_clients openai-py codex-cli   # these
    python -m tools.play_clients --newest              # at the newest versions; the pins stay as they are

What run.sh takes from the environment holds here too (CLIENTS_DIR, CASES, ...); clients/README.md lists it.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from antiphon.server import background_server

CLIENTS = Path(__file__).parents[1] / "clients"
KEY, SECRET = "sk-test", "whsec_YSBzZWNyZXQgZm9yIGNsaWVudHM="
TROUBLES = {
    "429": "always-busy",
    "429_ONCE": "once-busy",
    "500": "crash",
    "FAILED": "failed",
    "INCOMPLETE": "incomplete",
    "ERROR_EVENT": "error-event",
    "REFUSAL": "refusal",
    "TRUNCATED": "truncated",
}
"""The answer of troubles.yaml that each knob FAULT_* of run.sh asks for."""


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def knobs(webhook_port: int, newest: bool) -> Mapping[str, str]:
    """What run.sh is to know of the server: how to bring each trouble about, and where it sends webhooks."""
    return {
        **{f"FAULT_{name}": f"header=X-Trouble: {answer}" for name, answer in TROUBLES.items()},
        "STRICT_AUTH": "1",
        "WEBHOOK_PORT": str(webhook_port),
        "WEBHOOK_SECRET": SECRET,
        "NEWEST": "1" if newest else "",
    }


def play(clients: list[str], newest: bool) -> int:
    """The exit code of run.sh."""
    port = free_port()
    webhook = f"http://127.0.0.1:{port}"
    script = CLIENTS / "troubles.yaml"
    with background_server(api_key=KEY, pace=0.0, script=script, webhook=webhook, webhook_secret=SECRET) as url:
        command = [str(CLIENTS / "run.sh"), url, KEY, "antiphon-1", *clients]
        return subprocess.run(command, env={**os.environ, **knobs(port, newest)}).returncode


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help="the first column of clients/clients.tsv")
    parser.add_argument("--newest", action="store_true", help="install the newest versions in place of the pinned ones")
    options = parser.parse_args()
    sys.exit(play(options.clients, options.newest))


if __name__ == "__main__":
    main()
