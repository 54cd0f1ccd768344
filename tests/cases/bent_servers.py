"""The reference server with one behaviour bent, each as a real server was seen to do it."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.cases.calls import Bend, Call, Json, edited, refusal
from tests.cases.odd_servers import ODD, busy_without_hint, third_is_502
from tests.whole.answering import Answer, in_json

from antiphon.server import background_server

ROOM = 10
"""Creates at once that the busy server takes."""
ENDED = ("completed", "failed", "incomplete", "cancelled")


def busy() -> Bend:
    """At most ten creates at once; the others are 429, with Retry-After 1."""
    room = threading.BoundedSemaphore(ROOM)

    def bend(call: Call) -> Answer:
        if not call.creates:
            return call.answer()
        if not room.acquire(blocking=False):
            status, headers, content = refusal(
                429, "Too many concurrent runs (max 10)", type="rate_limit_error", code="rate_limit_exceeded"
            )
            return status, {**headers, "Retry-After": "1"}, content
        try:
            time.sleep(0.6)
            return call.answer()
        finally:
            room.release()

    return bend


def no_state_routes(call: Call) -> Answer:
    """Reads, deletes and cancels are 405; background is ignored."""
    if call.named:
        return 405, {"Content-Type": "application/json"}, b'{"error": "Method Not Allowed"}'
    return call.answer({**call.sent, "background": False} if call.sent.get("background") else None)


def plain_404(call: Call) -> Answer:
    """Chat and conversations are unrouted."""
    if re.search(r"/(chat|conversations)(/|$)", call.path):
        return 404, {"Content-Type": "text/plain; charset=utf-8"}, b"Not Found"
    return call.answer()


def id_form(call: Call) -> Answer:
    """Ids of zeros are malformed, and an unknown response may be continued."""
    previous = str(call.sent.get("previous_response_id") or "")
    if call.named.startswith("resp_0000") or previous.startswith("resp_0000"):
        return refusal(400, "Malformed identifier.", code="invalid_parameters")
    if call.creates and previous and call.read(previous)[0] != 200:
        return call.answer({name: value for name, value in call.sent.items() if name != "previous_response_id"})
    return call.answer()


def takes_anything(call: Call) -> Answer:
    """Invalid values of temperature, top_p and parallel_tool_calls are taken and repeated."""
    highest = {"temperature": 2, "top_p": 1}
    right = {
        name: 1
        for name, high in highest.items()
        if isinstance(call.sent.get(name), int | float) and call.sent[name] > high
    }
    if not isinstance(call.sent.get("parallel_tool_calls", True), bool):
        right["parallel_tool_calls"] = True
    if not (call.creates and right):
        return call.answer()
    wrong = {name: call.sent[name] for name in right}
    return edited(
        call.answer({**call.sent, **right}), lambda each: each.get("object") == "response" and each.update(wrong)
    )


def fast_background(call: Call) -> Answer:
    """What runs in the background has ended before the answer comes."""
    if call.creates and call.sent.get("background") and not call.sent.get("stream"):
        answer = call.answer({**call.sent, "input": "Say hi.", "max_output_tokens": 64})
        name = json.loads(answer[2]).get("id", "")
        for _ in range(60):
            if answer[0] != 200 or call.read(name)[1].get("status") in ENDED:
                break
            time.sleep(0.05)
        return answer
    if "/cancel" in call.path and call.read(call.named)[1].get("status") == "completed":
        return refusal(400, "Cannot cancel a completed response.", param="response_id")
    return call.answer()


def bare_tool(call: Call) -> Answer:
    """A function without parameters is refused."""
    if call.creates and any(
        tool.get("type") == "function" and "parameters" not in tool for tool in call.sent.get("tools") or ()
    ):
        return refusal(400, "tools[0].parameters: Field required")
    return call.answer()


def no_item_status(call: Call) -> Answer:
    """Messages have no status, and text.format is ignored and repeated."""
    if not call.creates:
        return call.answer()
    text = call.sent.get("text")

    def edit(each: Json) -> None:
        if each.get("object") == "response":
            each.update({"text": text} if "text" in call.sent else {})
            for item in each.get("output", ()):
                item.get("type") == "message" and item.pop("status", None)

    return edited(call.answer({name: value for name, value in call.sent.items() if name != "text"}), edit)


def constant_usage(call: Call) -> Answer:
    """Usage is always five and one."""

    def edit(each: Json) -> None:
        usage = each.get("usage")
        if isinstance(usage, dict) and "input_tokens" in usage:
            usage.update(input_tokens=5, output_tokens=1, total_tokens=6)

    return edited(call.answer(), edit)


def sse_always(call: Call) -> Answer:
    """Streams, although none was requested."""
    plain = call.creates and not call.sent.get("stream") and not call.sent.get("background")
    return call.answer({**call.sent, "stream": True} if plain else None)


def refuses_retention(call: Call) -> Answer:
    """A documented parameter is refused."""
    if call.creates and "prompt_cache_retention" in call.sent:
        return in_json(400, {"detail": "Unsupported parameter: prompt_cache_retention"})
    return call.answer()


def resume_skips(call: Call) -> Answer:
    """A stream that is taken up again begins two events late."""
    return call.answer(path=re.sub(r"starting_after=(\d+)", lambda at: f"starting_after={int(at[1]) + 2}", call.path))


def gzip_json(call: Call) -> Answer:
    """A plain body is said to be compressed, where the client takes that."""
    status, headers, content = call.answer()
    if call.takes_gzip and status < 400 and "event-stream" not in headers.get("content-type", ""):
        headers = {**headers, "Content-Encoding": "gzip"}
    return status, headers, content


def gzip_honest(call: Call) -> Answer:
    """The control: a body that is compressed as it says."""
    status, headers, content = call.answer()
    if call.takes_gzip and status < 400 and "event-stream" not in headers.get("content-type", ""):
        return status, {**headers, "Content-Encoding": "gzip"}, gzip.compress(content)
    return status, headers, content


def no_last_chunk(call: Call) -> Answer:
    """The last chunk of a chunked create never comes."""
    status, headers, content = call.answer()
    return status, {**headers, "Transfer-Encoding": "chunked"} if call.creates and status < 400 else headers, content


def length_short(call: Call) -> Answer:
    """The JSON of a create is cut by forty bytes."""
    status, headers, content = call.answer()
    plain = call.creates and status < 400 and "event-stream" not in headers.get("content-type", "")
    return status, headers, content[:-40] if plain else content


STATELESS: tuple[Bend, ...] = (
    no_state_routes, plain_404, id_form, takes_anything, fast_background, bare_tool, no_item_status, constant_usage,
    sse_always, refuses_retention, resume_skips, gzip_json, gzip_honest, no_last_chunk, length_short,
)  # fmt: skip
STATEFUL = {"busy": busy(), "busy-without-hint": busy_without_hint(), "third-is-502": third_is_502()}
BENDS: Mapping[str, Bend] = STATEFUL | {bend.__name__.replace("_", "-"): bend for bend in (*STATELESS, *ODD)}


@contextmanager
def bent_server(name: str) -> Iterator[str]:
    """The base URL of a reference server behind a bend."""
    bend = BENDS[name]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_call(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            takes_gzip = "gzip" in (self.headers.get("Accept-Encoding") or "")
            status, headers, body = bend(Call(upstream, self.command, self.path, content, takes_gzip))
            endless = "Transfer-Encoding" in headers
            self.send_response(status)
            for key, value in {**({} if endless else {"Content-Length": str(len(body))}), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body) if endless else body)
            self.close_connection |= endless or "Content-Length" in headers or headers.get("Connection") == "close"

        do_GET = do_POST = do_DELETE = handle_call

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    with background_server() as upstream:
        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            server.server_close()
