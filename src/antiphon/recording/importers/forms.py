"""Registry of the forms in which traffic is read. The table in the documentation is made of it."""

from __future__ import annotations

from typing import Final

from antiphon.recording.importers import batch, har, httpmock, jsonl, mitmproxy, nock, saved_bodies, vcr, wiremock
from antiphon.recording.importers.form import DocumentForm, Form, LineForm

DOCUMENTS: Final[tuple[DocumentForm, ...]] = (har.FORM, vcr.FORM, wiremock.FORM, nock.FORM, httpmock.FORM)
"""Forms that are one JSON or YAML value, in the order in which they are tried."""
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
        "wscat, lists of WebSocket messages",
        "what was sent and what came, judged as the socket transport",
        "the handshake, arrival times",
    ),
)  # fmt: skip
ALL: Final[tuple[Form, ...]] = (TRANSCRIPT, *LINES, *DOCUMENTS, mitmproxy.FORM, STREAM, EVENTS, BODY, *PASTES)

KNOWN: Final = "known are transcripts, recordings, streams and bodies, also as they are pasted (docs/recordings.md)"
"""For a sentence on what is not known."""
