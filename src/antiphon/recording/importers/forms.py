"""Registry of the forms in which traffic is read. The table in the documentation is made of it."""

from __future__ import annotations

from typing import Final

from antiphon.recording.importers import (
    batch,
    exchange_objects,
    har,
    httpmock,
    jsonl,
    mitmproxy,
    nock,
    saved_bodies,
    vcr,
    wiremock,
)
from antiphon.recording.importers.form import DocumentForm, Form, LineForm

DOCUMENTS: Final[tuple[DocumentForm, ...]] = (har.FORM, vcr.FORM, wiremock.FORM, nock.FORM, httpmock.FORM)
"""Forms that are one JSON or YAML value, in the order in which they are tried."""
OBJECTS: Final = exchange_objects.FORM
"""What is tried where the value is none of them."""
BODIES: Final = saved_bodies.FORM
LINES: Final[tuple[LineForm, ...]] = (jsonl.FORM, batch.FORM, BODIES)
"""Forms with an exchange on each line, in the order in which they are tried."""
TRANSCRIPT: Final = Form("transcript", "what `antiphon run`, `proxy` and `redact` write", "nothing")
STREAM: Final = Form("event stream", "the text of one stream, byte for byte", "request, status, headers, arrival times")
EVENTS: Final = Form(
    "events as JSON",
    "a list, or one on each line",
    "the frames, so that `event:` lines, line ends and blank lines are not judged; request, status, headers, times",
)
BODY: Final = Form("body", "one JSON body, by its `object`", "request, status, headers, arrival times")
PASTES: Final = (
    Form(
        "curl -i, curl -v",
        "status, headers and body; of -v also method, path and headers of the request; several in one file",
        "the body of the request, arrival times",
    ),
    Form(
        "Markdown, quoted or indented text, a shell line on top",
        "each code block, without fences, `> `, columns and indentation",
        "line ends, and whether the last line was blank; where lines were repaired, the frames",
    ),
    Form(
        "log lines",
        "the fields or the JSON that stands after timestamps, levels, names of services, also inside JSON logs",
        "the frames; what lines were shortened",
    ),
    Form(
        "`{\"event\": …, \"data\": …}`, jq, Python's notation",
        "one event or many, on one line or several; objects of client libraries as Python prints them",
        "the frames; which fields were null and which absent, where a library printed None",
    ),
    Form(
        "a message that quotes a value",
        "the JSON or the Python value in a validation error",
        "all around it: one event is an excerpt, of which order and sums are not judged",
    ),
    Form(
        "values as programs print them",
        "of Node, pprint and rich, Ruby, PHP, Go, Rust, Lua, Erlang, Elixir and Julia; `[Object]` and dots are gaps",
        "the frames; events of which a part alone was printed; text that a narrow screen broke; what has no quotes",
    ),
    Form(
        "exports of logs and mails",
        "texts in JSON, CSV, SQL, YAML, HTML, notebooks, patches, mails; newest first too; Base64, lists of bytes",
        "the frames where lines are apart; which of two streams an event is of, where they are mixed",
    ),
    Form(
        "dumps of bytes",
        "xxd, hexdump, `curl --trace`, `cat -A`, wire logs of Netty and Apache, chunks of HTTP, UTF-16 and UTF-32",
        "arrival times; in `--trace-ascii` the line ends and what is no ASCII",
    ),
    Form(
        "shortened streams",
        "what is whole in them, where lines were cut off at the end or at one width, or dots or words stand for others",
        "order, sums and the end: an excerpt; nothing is judged where no event is whole",
    ),
    Form(
        "wscat, lists of WebSocket messages",
        "what was sent and what came, judged as the socket transport",
        "the handshake, arrival times",
    ),
)  # fmt: skip
ALL: Final[tuple[Form, ...]] = (TRANSCRIPT, *LINES, *DOCUMENTS, OBJECTS, mitmproxy.FORM, STREAM, EVENTS, BODY, *PASTES)

KNOWN: Final = "known are transcripts, recordings, streams and bodies, also as they are pasted (docs/recordings.md)"
"""For a sentence on what is not known."""
