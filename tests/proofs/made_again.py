"""What a printed command sends and gets, as exchanges of the scenario that it makes again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from antiphon.recording.exchange import Chunk, Exchange, Request, Response

WRAPPER = """#!/bin/sh
# Stands before curl: keeps its arguments, when it began and ended, and what it prints.
kept=$(mktemp -d "$KEPT/XXXXXX")
printf '%s\\0' "$@" > "$kept/arguments"
date +%s.%N > "$kept/began"
case " $* " in *" @- "*) cat > "$kept/input"; set -- "$@" --data-binary "@$kept/input" ;; esac
{curl} "$@" | tee "$kept/output"
date +%s.%N > "$kept/ended"
"""


def run(command: str, folder: Path, keys: Mapping[str, str], address: str = "") -> str:
    """Run a printed command as a shell does; what it prints. What each curl of it says is kept in the folder."""
    tools = folder / "tools"
    tools.mkdir(parents=True)
    (folder / "kept").mkdir()
    curl = tools / "curl"
    curl.write_text(WRAPPER.replace("{curl}", str(shutil.which("curl"))))
    curl.chmod(0o755)
    script = folder / "printed.sh"
    script.write_text(command)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "KEPT": str(folder / "kept"), "LC_ALL": "C.UTF-8", **keys}
    words = ["sh", str(script), *([address] if address else [])]
    done = subprocess.run(words, capture_output=True, env=environment, timeout=600, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace")


def exchanges(folder: Path, recorded: Sequence[Exchange], base_url: str) -> Iterator[Exchange]:
    """What each curl said and got, under the id of the recorded exchange that it makes again."""
    for kept in sorted((folder / "kept").iterdir(), key=lambda each: float((each / "began").read_text())):
        words = (kept / "arguments").read_bytes().decode().split("\0")[:-1]
        agent = next((words[n + 1] for n, word in enumerate(words) if word == "-A"), "step 1")
        origin = recorded[int(agent.split()[1]) - 1]
        began, ended = (float((kept / name).read_text()) for name in ("began", "ended"))
        yield replace(
            origin, request=_request(words, origin, base_url, kept), response=_response((kept / "output").read_bytes()),
            started_at=began, elapsed=ended - began, failure=None, lag=0.0,
        )  # fmt: skip


def _request(words: Sequence[str], origin: Exchange, base_url: str, kept: Path) -> Request:
    assert origin.request
    url = urlsplit(next(word for word in words if word.startswith("http")))
    data = next((words[n + 1] for n, word in enumerate(words) if word in ("--data-raw", "--data-binary")), None)
    content = (kept / "input").read_bytes() if data == "@-" else data.encode() if data is not None else None
    headers = (word.partition(": ") for n, word in enumerate(words) if words[n - 1] == "-H")
    path = url.path.removeprefix(urlsplit(base_url).path)
    is_json = origin.request.content is None and content is not None
    return Request(
        words[words.index("-X") + 1], path, tuple(parse_qsl(url.query, keep_blank_values=True)),
        tuple((name, value) for name, colon, value in headers if colon),
        json.loads(content) if is_json and content else None, None if is_json else content,
    )  # fmt: skip


def _response(output: bytes) -> Response:
    head, _, body = output.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Response(int(status.split()[1]), tuple((name, value) for name, _, value in pairs), (Chunk(0.01, body),))
