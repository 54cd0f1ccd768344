"""Secrets of every kind, a server that gives them away, and recordings that hold them."""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

from antiphon.server import ServerSettings

MODEL = ServerSettings().models[0]
KEY = "sk-proj-4fJ2kL9mN0pQ7rS1tU3vW5xY"
GATEWAY_KEY = "gw correct horse/battery+42"
COOKIE = "7c1d0f4e9a2b5d8e6f70"
QUERY = "QpWoEiRuTy0918273645"
ORGANISATION = "org-Ab3dE5fG7hJ9kL1mN3pQ5rS7"
PROJECT = "proj_Zy9xW7vU5tS3rQ1pO9nM7lK5"
FILE = base64.b64encode(random.Random(7).randbytes(900)).decode()
PICTURE = base64.b64encode(random.Random(8).randbytes(900)).decode()
BARE = {"organisation": ORGANISATION[4:], "project": PROJECT[5:]}
SECRETS = {
    "key": KEY, "gateway": GATEWAY_KEY, "cookie": COOKIE, "query": QUERY, "file": FILE[40:200],
    "picture": PICTURE[40:200], **BARE,
}  # fmt: skip


def found(data: bytes) -> set[str]:
    """The names of the secrets that stand in some bytes, as they are, escaped, or in Base64."""
    text = data.decode("utf-8", "replace")
    return {
        name
        for name, secret in SECRETS.items()
        for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")[:-1])
        if form in text or form in text.replace("\\/", "/")
    }


ASKED: dict[str, Any] = {
    "model": MODEL,
    "input": [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Say hi."},
                {"type": "input_file", "filename": "a.pdf", "file_data": FILE},
                {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}", "detail": "low"},
            ],
        }
    ],
}
SENT = {
    "Authorization": f"Bearer {KEY}", "Cookie": f"session={COOKIE}", "OpenAI-Organization": ORGANISATION,
    "Content-Type": "application/json",
}  # fmt: skip
PATH = f"/responses?api-key={QUERY}"


def leak(body: bytes, sent: str) -> bytes:
    """A JSON reply that also tells what it must not; anything else as it is."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    if not isinstance(value, dict):
        return body
    told = f"The key {sent} of {ORGANISATION}, {PROJECT}, cookie {COOKIE}."
    if isinstance(value.get("error"), dict):
        value["error"]["message"] = told
    else:
        value |= {"debug": told, "picture": {"b64_json": PICTURE}, "link": f"https://a.example/?api_key={QUERY}"}
        value["object"] = ["debug", told]
    return json.dumps(value).encode()


@contextmanager
def leaky(upstream: str) -> Iterator[str]:
    """The base URL of a server that passes on to another and gives away what it was sent."""
    place = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "cookie")}
            onward = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
            onward.request(self.command, self.path, body, kept)
            answer = onward.getresponse()
            data = leak(answer.read(), self.headers.get("Authorization", "").removeprefix("Bearer "))
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Set-Cookie", f"session={COOKIE}; Path=/; HttpOnly")
            self.send_header("OpenAI-Organization", ORGANISATION)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            onward.close()

        do_GET = do_POST = do_DELETE = _pass

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def har(replies: list[tuple[int, dict[str, str], bytes]]) -> bytes:
    """A HAR file of these replies to one request, with secrets where browsers put them."""
    entries = [
        {
            "startedDateTime": "2026-08-01T00:00:00Z",
            "time": 5,
            "serverIPAddress": "127.0.0.1",
            "request": {
                "method": "POST",
                "url": "https://api.example/v1" + PATH,
                "headers": [{"name": name, "value": value} for name, value in SENT.items()],
                "cookies": [{"name": "session", "value": COOKIE}],
                "queryString": [{"name": "api-key", "value": QUERY}],
                "postData": {"mimeType": "application/json", "text": json.dumps(ASKED)},
            },
            "response": {
                "status": status,
                "headers": [{"name": name, "value": value} for name, value in headers.items()],
                "cookies": [{"name": "session", "value": COOKIE}],
                "content": {"text": base64.b64encode(body).decode(), "encoding": "base64"},
            },
        }
        for status, headers, body in replies
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries, "comment": KEY}}).encode()


def cassette(replies: list[tuple[int, dict[str, str], bytes]]) -> bytes:
    """A VCR cassette of these replies."""
    interactions = [
        {
            "request": {
                "method": "POST", "uri": "https://api.example/v1" + PATH, "body": json.dumps(ASKED),
                "headers": {name: [value] for name, value in SENT.items()},
            },
            "response": {
                "status": {"code": status, "message": "x"}, "body": {"string": body.decode()},
                "headers": {name: [value] for name, value in headers.items()},
            },
        }
        for status, headers, body in replies
    ]  # fmt: skip
    return yaml.safe_dump({"interactions": interactions, "version": 1}).encode()


def shared(replies: list[tuple[int, dict[str, str], bytes]]) -> bytes:
    """JSON Lines of these replies with request, response, provider and notes."""
    lines = []
    for number, (status, headers, body) in enumerate(replies):
        stream = headers.get("content-type", "").startswith("text/event-stream")
        said = {"sse": body.decode()} if stream else {"body": json.loads(body)}
        request = {
            "method": "POST",
            "path": "/v1/responses",
            "query": {"api-key": QUERY},
            "headers": SENT,
            "body": ASKED,
        }
        response = {"status": status, "headers": headers, **said}
        lines.append({"id": f"x{number}", "provider": "other", "request": request, "response": response, "notes": []})
    return "\n".join(map(json.dumps, lines)).encode() + b"\n"
