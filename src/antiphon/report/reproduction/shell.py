"""Shell script of a reproduction: curl for each step, and python3 to read the ids of the replies before."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace

from antiphon.recording.exchange import Exchange
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.report.reproduction.curl import body_words, request_words, slot
from antiphon.report.reproduction.origins import Origins, ValueOrigin
from antiphon.report.reproduction.steps import Step
from antiphon.report.text import visible

MOST_BODY = 60_000
"""Bytes of a body that stand in a script."""

HEAD = """\
set -eu
replies=$(mktemp -d); trap 'rm -rf "$replies"' EXIT
call() { number=$1; shift; curl -isSN -A "step $number"{common} "$@"; }
# step NUMBER OPTIONS: a call; its reply is shown, and kept for what follows.
step() { echo "--- step $1"; call "$@" | tee "$replies/$1"; echo; }
"""
BESIDE = """\
# beside NUMBER OPTIONS: a call that the next ones do not wait for; show NUMBER prints its reply.
beside() { call "$@" > "$replies/$1" & }
show() { echo "--- step $1"; cat "$replies/$1"; echo; }
"""
PICK = """\
# pick KIND NUMBER PATH...: what stands there in the reply of a step, as text or as json; with wait, once it is there.
pick() { kind=$1; number=$2; shift 2; python3 -c '
import json, sys, time
kind, file, *path = sys.argv[1:]
for attempt in range(200 if kind == "wait" else 1):
    try:
        text = open(file, encoding="utf-8", errors="replace", newline="").read().replace("\\r\\n", "\\n")
        body = text.partition("\\n\\n")[2].strip()
        lines = [line[5:].strip() for line in body.split("\\n") if line.startswith("data:")]
        found = [json.loads(line) for line in lines if line.endswith("}")] if lines else [json.loads(body)]
        value = next((each["response"] for each in reversed(found) if each.get("response")), found[-1])
        for name in path:
            value = value[int(name) if isinstance(value, list) else name]
        break
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        time.sleep(0.05)
else:
    sys.exit("The reply of this step has no " + "/".join(path) + ", so the script ends here.")
print(json.dumps(value) if kind == "json" or not isinstance(value, str) else value)
' "$kind" "$replies/$number" "$@"; }
"""
POLL = """\
# poll NUMBER OPTIONS: a step that is made until the response has ended, for 10 s at most.
poll() {
  for attempt in $(seq 40); do
    step "$@"
    case $(pick text "$1" status) in queued|in_progress) sleep 0.25 ;; *) return ;; esac
  done
}
"""
LEAVE = """\
# leave EVENTS NUMBER OPTIONS: a step that hangs up after so many events.
leave() {
  left=$1; shift; echo "--- step $1"
  call "$@" 2>/dev/null | while IFS= read -r line; do
    printf '%s\\n' "$line"
    case $line in ''|"$(printf '\\r')") left=$((left - 1)) ;; esac
    [ "$left" -ge 0 ] || break
  done | tee "$replies/$1"
}
"""


def script(steps: Sequence[Step], shown: Sequence[str], target: CommandTarget) -> str:
    """The script that makes steps again, and says what it has shown; empty where none of bounded size can.

    The steps have the origins of what they send among them.
    """
    origins = Origins([step.exchange for step in steps])
    numbers = {step.exchange.id: number for number, step in enumerate(steps, 1)}
    names: dict[ValueOrigin, str] = {}
    lines: list[str] = []
    beside: list[int] = []
    for number, step in enumerate(steps, 1):
        if beside and step.is_after_all:
            lines += _waited(beside)
            beside = []
        for origin in origins.used_by(step.exchange).values():
            if origin not in names and origin.exchange in numbers:
                names[origin] = f"{_kind(origin)}{len(names) + 1}"
                lines.append(_assignment(names[origin], origin, numbers[origin.exchange], beside))
        call = _call(step, number, origins.filled(step.exchange, names), replace(target, base_url=slot("url")))
        if not call:
            return ""
        lines += [*([f"sleep {step.pause}"] if step.pause else []), f"# {visible(step.exchange.id)}", call]
        beside += [number] if step.is_beside else []
    lines += _waited(beside) if beside else []
    common = _common_headers(steps, target)
    lines = [line.replace(common, "", 1) if common else line for line in lines]
    head = HEAD.replace("{common}", common).rstrip("\n")
    address = f"url=${{1:-{shlex.quote(visible(target.base_url)) if target.base_url else '$OPENAI_BASE_URL'}}}"
    again = [f"# The server of that run is gone; this starts it again: {target.start}", target.keys]
    comments = [*(f"# {line}" for line in shown), *(again if target.is_reference else ())]
    text = ["#!/bin/sh", *comments, address, "steps() {", *lines, "}", "", head, *_helpers(lines), "steps"]
    return "\n".join([*text, *map(_told, shown)]) + "\n"


def _common_headers(steps: Sequence[Step], target: CommandTarget) -> str:
    """The options for the credentials that all steps have."""
    sets = [
        [f" -H {word}" for word in request_words(step.exchange, target) if word.startswith('"') and ": " in word]
        for step in steps
    ]
    return "".join(sets[0]) if sets and all(each == sets[0] for each in sets) else ""


def _kind(origin: ValueOrigin) -> str:
    return "json" if origin.is_json else "id"


def _assignment(name: str, origin: ValueOrigin, number: int, beside: Sequence[int]) -> str:
    kind = "json" if origin.is_json else "wait" if number in beside else "text"
    return f"{name}=$(pick {kind} {number} {' '.join(shlex.quote(str(part)) for part in origin.path)})"


def _call(step: Step, number: int, filled: Exchange, target: CommandTarget) -> str:
    """The line of one step; empty where it has a body that cannot stand in it."""
    piped, body = "", body_words(filled, MOST_BODY)
    if body is None:
        content = filled.request.content if filled.request else None
        if content is None or len(content) > MOST_BODY:
            return ""
        piped = f"printf %s {b64encode(content).decode()} | base64 -d | "
        body = ["--data-binary", "@-"]
    verb = "beside" if step.is_beside else "poll" if step.is_poll else "step"
    words = [f"leave {step.events}" if step.events is not None else verb, str(number)]
    return piped + " ".join([*words, *request_words(filled, target), *body])


def _waited(beside: Sequence[int]) -> list[str]:
    return ["wait", *(f"show {number}" for number in beside)]


def _helpers(lines: Sequence[str]) -> Iterator[str]:
    """The functions that the lines call."""
    called = {line.partition(" ")[0].rpartition("$(")[2] for line in lines}
    helpers = {"beside": BESIDE, "leave": LEAVE, "poll": POLL, "pick": PICK}
    if "poll" in called:
        called.add("pick")
    yield from (text.rstrip("\n") for name, text in helpers.items() if name in called)


def _told(line: str) -> str:
    return f"echo {shlex.quote(line)}"
