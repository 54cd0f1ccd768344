"""Writes the files in `made/`: the stream beside the recordings as programs print, log, dump and export it."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import pprint
import quopri
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

HERE = Path(__file__).parent
MADE = HERE / "made"
STREAM = (HERE.parent / "traffic" / "made" / "stream.sse").read_text(encoding="utf-8")
Events = Sequence[dict[str, Any]]
EVENTS: Final[Events] = [json.loads(line[6:]) for line in STREAM.split("\n") if line.startswith("data: ")]
HEAD = [("content-type", "text/event-stream; charset=utf-8"), ("x-request-id", "req_1"), ("openai-processing-ms", "5")]
HEAD += [("openai-version", "2020-10-01")]
ADDRESS = "https://api.openai.com/v1/responses"
SENT = {"model": "gpt-4o-2024-08-06", "input": "Say hello.", "stream": True, "store": False, "max_output_tokens": 4000}


def packed(value: Any) -> str:
    """A value as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def stream(events: Events) -> str:
    """The text of a stream."""
    return "".join(f"event: {each['type']}\ndata: {packed(each)}\n\n" for each in events)


def reply(events: Events) -> str:
    """A reply with its head."""
    return "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in HEAD) + "\r\n" + stream(events)


def chunked(events: Events) -> bytes:
    """A call as a program that follows a connection shows it, with the sizes of the chunks."""
    sent = packed(SENT).encode()
    call = b"POST /v1/responses HTTP/1.1\r\nHost: localhost:8000\r\nContent-Length: %d\r\n\r\n" % len(sent) + sent
    head = reply([]).removesuffix("\r\n").encode() + b"transfer-encoding: chunked\r\n\r\n"
    body = stream(events).encode()
    parts = [body[at : at + 700] for at in range(0, len(body), 700)]
    return call + head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def rows(data: bytes, row: Callable[[int, bytes], str]) -> str:
    """A dump in rows of sixteen bytes."""
    return "".join(row(at, data[at : at + 16]) + "\n" for at in range(0, len(data), 16))


def shown(data: bytes) -> str:
    """Bytes as a dump prints them beside their numbers."""
    return "".join(chr(each) if 32 <= each < 127 else "." for each in data)


def traced(events: Events) -> str:
    """What `curl --trace` writes."""
    text = "== Info:   Trying 127.0.0.1:8000...\n"
    parts = [("=> Send data", b'{"model":"m"}')]
    head, _, body = reply(events).encode().partition(b"\r\n\r\n")
    parts += [("<= Recv header", line + b"\r\n") for line in [*head.split(b"\r\n"), b""]]
    parts += [("<= Recv data", body[at : at + 900]) for at in range(0, len(body), 900)]
    for name, data in parts:
        text += f"{name}, {len(data)} bytes (0x{len(data):x})\n"
        text += rows(data, lambda at, part: f"{at:04x}: {part.hex(' '):<47} {shown(part)}")
    return text


def inspected(value: Any, indent: int = 0, most: int = 99) -> str:
    """A value as Node prints it, down to a depth."""
    space = "  " * indent
    if isinstance(value, dict | list) and value and indent > most:
        return "[Object]" if isinstance(value, dict) else "[Array]"
    if isinstance(value, dict) and value:
        inner = (f"{space}  {name}: {inspected(each, indent + 1, most)}" for name, each in value.items())
        return "{\n" + ",\n".join(inner) + f"\n{space}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"{space}  {inspected(each, indent + 1, most)}" for each in value) + f"\n{space}]"
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


def rich(value: Any, indent: int = 0, name: str = "Event") -> str:
    """An object of a client library as `rich` prints it."""
    space = "    " * indent
    if isinstance(value, dict) and value:
        inner = (f"{space}    {key}={rich(each, indent + 1, key.title())}" for key, each in value.items())
        return f"{name.replace('_', '')}(\n" + ",\n".join(inner) + f"\n{space})"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"{space}    {rich(each, indent + 1)}" for each in value) + f"\n{space}]"
    return repr(value)


def ruby(value: Any) -> str:
    """A value as Ruby prints it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}=>{ruby(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(ruby, value)) + "]"
    return "nil" if value is None else json.dumps(value, ensure_ascii=False)


def of_library(event: dict[str, Any]) -> dict[str, Any]:
    """An event as openai-python dumps it: times as decimals, and null for what was not sent."""
    if "response" not in event:
        return event
    more = {"prompt": None, "context_management": None, "conversation": None}
    return {**event, "response": {**event["response"], **more, "created_at": float(event["response"]["created_at"])}}


def table(events: Events) -> str:
    """The events as rows of a table in CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["@timestamp", "@message"])
    writer.writerows([f"2026-09-12 10:22:{at:02}.000", f"data: {packed(each)}"] for at, each in enumerate(events))
    return text.getvalue()


def har_entry(events: Events) -> dict[str, Any]:
    """One entry of a HAR, as browsers copy it."""
    named = [{"name": name, "value": value} for name, value in HEAD]
    return {
        "startedDateTime": "2026-06-24T17:20:57.000Z",
        "time": 1200,
        "request": {"method": "POST", "url": ADDRESS, "headers": [], "postData": {"text": packed(SENT)}},
        "response": {"status": 200, "headers": named, "content": {"mimeType": HEAD[0][1], "text": stream(events)}},
    }


def charles(events: Events) -> list[dict[str, Any]]:
    """A session of Charles in JSON."""
    named = [{"name": name, "value": value} for name, value in HEAD]
    request = {"header": {"headers": []}, "body": {"text": packed(SENT)}}
    response = {"status": 200, "header": {"headers": named}, "body": {"text": stream(events), "charset": "utf-8"}}
    whole = {"status": "COMPLETE", "method": "POST", "host": "api.openai.com", "path": "/v1/responses"}
    return [{**whole, "request": request, "response": response}]


def newman(events: Events) -> dict[str, Any]:
    """A report of Newman, which has the bytes of a body as numbers."""
    url = {"protocol": "https", "host": ["api", "openai", "com"], "path": ["v1", "responses"]}
    request = {"method": "POST", "url": url, "header": [], "body": {"mode": "raw", "raw": packed(SENT)}}
    named = [{"key": name, "value": value} for name, value in HEAD]
    data = {"type": "Buffer", "data": list(stream(events).encode())}
    return {"run": {"executions": [{"request": request, "response": {"code": 200, "header": named, "stream": data}}]}}


def azure_proxy(events: Events) -> dict[str, Any]:
    """A recording of Azure's test proxy."""
    entry = {"RequestUri": ADDRESS, "RequestMethod": "POST", "RequestBody": [packed(SENT)], "StatusCode": 200}
    return {"Entries": [{**entry, "ResponseHeaders": dict(HEAD), "ResponseBody": stream(events).splitlines(True)}]}


def hoverfly(events: Events) -> dict[str, Any]:
    """A simulation of Hoverfly."""
    values = {"path": "/v1/responses", "method": "POST", "destination": "api.openai.com", "body": packed(SENT)}
    request = {name: [{"matcher": "exact", "value": value}] for name, value in values.items()}
    response = {"status": 200, "body": stream(events), "headers": {name: [value] for name, value in HEAD}}
    return {"data": {"pairs": [{"request": request, "response": response}]}, "meta": {"schemaVersion": "v5.2"}}


def envoy(events: Events) -> dict[str, Any]:
    """A tap of Envoy."""
    sent = [{"key": ":path", "value": "/v1/responses"}, {"key": ":method", "value": "POST"}]
    came = [{"key": ":status", "value": "200"}, *({"key": name, "value": value} for name, value in HEAD)]
    body = base64.b64encode(stream(events).encode()).decode()
    asked = base64.b64encode(packed(SENT).encode()).decode()
    return {
        "http_buffered_trace": {
            "request": {"headers": sent, "body": {"as_bytes": asked}},
            "response": {"headers": came, "body": {"as_bytes": body}},
        }
    }


def loki(events: Events) -> dict[str, Any]:
    """What Loki answers, newest first."""
    values = [[str(1782321657000000000 + at), f"SSE event: {packed(each)}"] for at, each in enumerate(events)]
    return {"status": "success", "data": {"resultType": "streams", "result": [{"stream": {}, "values": values[::-1]}]}}


def of_container(events: Events) -> str:
    """The log of a container, in which long lines are split."""
    text = ""
    for line in stream(events).split("\n"):
        parts = [line[at : at + 600] for at in range(0, len(line), 600)] or [""]
        marks = ["P"] * (len(parts) - 1) + ["F"]
        text += "".join(
            f"2026-09-12T10:22:00.1Z stdout {mark} {part}\n" for mark, part in zip(marks, parts, strict=True)
        )
    return text


def frames(events: Events) -> list[str]:
    """The frames of a stream."""
    return re.findall(r".*?\n\n", stream(events), re.DOTALL)


def quoted(events: Events) -> str:
    """A mail in quoted-printable."""
    head = "From: me@example.test\nContent-Transfer-Encoding: quoted-printable\n\nIt prints:\n\n"
    return head + quopri.encodestring(stream(events).encode()).decode()


WHOLE: Final[dict[str, Callable[[Events], Any]]] = {
    "chunked.txt": chunked,
    "xxd.txt": lambda events: rows(
        stream(events).encode(),
        lambda at, part: f"{at:08x}: {part.hex(' ', -2):<39}  {shown(part)}",
    ),
    "trace.txt": traced,
    "wire.log": lambda events: "".join(
        f'2026-09-12 10:22:00 DEBUG http-outgoing-0 << "{line}[\\n]"\n' for line in stream(events).split("\n")[:-1]
    ),
    "console.txt": lambda events: "".join(f"event {inspected(each)}\n" for each in events),
    "pprint.txt": lambda events: "".join(pprint.pformat(each) + "\n" for each in events),
    "rich.txt": lambda events: "".join(rich(each) + "\n" for each in events),
    "ruby.txt": lambda events: "".join(ruby(each) + "\n" for each in events),
    "enum.txt": lambda events: "".join(
        re.sub(r"^Event\(type='([\w.]+)'", r"Event(type=<Events.NAME: '\1'>", rich(each).replace("\n", "")) + "\n"
        for each in events
    ),
    "library.jsonl": lambda events: "".join(json.dumps(of_library(each)) + "\n" for each in events),
    "twice.log": lambda events: "".join(
        f"TRACE sse: SSE event: {packed(each)}\nDEBUG sse: unhandled event: {packed(each)}\n" for each in events
    ),
    "loki.json": loki,
    "table.csv": table,
    "columns.txt": lambda events: "".join(f"\t{each['type']}\t{packed(each)}\t10:22:00.123\n" for each in events),
    "page.html": lambda events: f"<html><body><pre><code>{html.escape(stream(events))}</code></pre></body></html>\n",
    "issue.json": lambda events: {"number": 1, "body": f"### Bug\n\n```\n{stream(events)}```\n"},
    "notebook.json": lambda events: {"cells": [{"outputs": [{"text": [repr(each) + "\n" for each in events]}]}]},
    "mail.txt": quoted,
    "new.patch": lambda events: (
        "diff --git a/x b/x\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,30 @@\n"
        + "".join(f"+{line}\n" for line in stream(events).split("\n")[:-1])
    ),
    "utf-16.txt": lambda events: stream(events).replace("\n", "\r\n").encode("utf-16"),
    "typographic.txt": lambda events: "$ curl x\n" + stream(events).replace('"', "\u201d"),
    "events.yaml": lambda events: "".join(
        "- " + "\n  ".join(f"{name}: {json.dumps(value)}" for name, value in each.items()) + "\n" for each in events
    ),
    "container.log": of_container,
    "terminal.cast": lambda events: (
        '{"version": 2, "width": 80, "height": 24}\n'
        + "".join(
            json.dumps([at / 100, "o", stream(events)[at : at + 400].replace("\n", "\r\n")]) + "\n"
            for at in range(0, len(stream(events)), 400)
        )
    ),
    "base64.jsonl": lambda events: "".join(
        json.dumps({"n": at, "chunk": base64.b64encode(stream(events).encode()[at : at + 500]).decode()}) + "\n"
        for at in range(0, len(stream(events).encode()), 500)
    ),
    "entry.json": har_entry,
    "trace.network": lambda events: packed({"type": "resource-snapshot", "snapshot": har_entry(events)}) + "\n",
    "charles.json": charles,
    "newman.json": newman,
    "azure-proxy.json": azure_proxy,
    "hoverfly.json": hoverfly,
    "envoy.json": envoy,
    "lambda.json": lambda events: {"statusCode": 200, "headers": dict(HEAD), "body": stream(events)},
    "wish.md": lambda events: (
        "### Expected\n\n```\n" + stream(EVENTS[:3]) + "```\n\n### Actual\n\n```\n" + stream(events) + "```\n"
    ),
}
"""Forms that hold all events."""

DAMAGED: Final[dict[str, Callable[[Events], Any]]] = {
    "cut-line.txt": lambda events: "$ curl x\n" + stream(events)[: len(stream(events)) * 7 // 10],
    "cut-columns.txt": lambda events: "".join(line[:300] + "\n" for line in stream(events).split("\n")),
    "stopped.txt": lambda events: "$ curl x\n" + "".join(frames(events)[:6]) + "^C\n",
    "head.txt": lambda events: "$ curl x | head -18\n" + "".join(frames(events)[:6]) + "$ \n",
    "dots.md": lambda events: "```\n" + "".join(frames(events)[:4]) + "...\n\n" + "".join(frames(events)[7:]) + "```\n",
    "words.md": lambda events: (
        "```\n" + "".join(frames(events)[:4]) + "# 3 more events\n\n" + "".join(frames(events)[7:]) + "```\n"
    ),
    "text.md": lambda events: (
        "```\n"
        + stream([{**each, "text": "Ol..."} if each["type"].endswith("text.done") else each for each in events])
        + "```\n"
    ),
    "depth.txt": lambda events: "".join(f"{inspected(each, most=2)}\n" for each in events),
    "mixed.log": lambda events: "".join(
        f"[a] SSE {packed(each)}\n[b] SSE {packed(each).replace('resp_', 'resp_9').replace('msg_', 'msg_9')}\n"
        for each in events
    ),
    "socket.log": lambda events: (
        '> TEXT \'{"type":"response.create"}\' [26 bytes]\n'
        + "".join(f"< TEXT '{packed(each)[:48]}...{packed(each)[-24:]}' [900 bytes]\n" for each in events)
    ),
}
"""Forms in which something is missing."""


def content(form: Callable[[Events], Any], events: Events = EVENTS) -> bytes:
    """The bytes of a form."""
    value = form(events)
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)).encode()


def write() -> None:
    """Write all files."""
    MADE.mkdir(exist_ok=True)
    for name, form in {**WHOLE, **DAMAGED}.items():
        (MADE / name).write_bytes(content(form))


if __name__ == "__main__":
    write()
