"""Small servers on the loopback: one answer for everything, and one that passes calls on until it dies."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ERROR = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}}
Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


def in_json(status: int, body: Any, **headers: str) -> Answer:
    """An answer in JSON."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(body).encode()


@contextmanager
def answering(answer: Callable[[str, str, bytes], Answer | None]) -> Iterator[str]:
    """The base URL of a server that answers method, path and body so; None closes it without an answer."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_call(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = answer(self.command, self.path, sent)
            if found is None:
                self.close_connection = True
                return
            status, headers, body = found
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = handle_call

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()


def passing(upstream: str, method: str, path: str, sent: bytes) -> Answer:
    """What another server of the loopback answers."""
    host = upstream.partition("//")[2].partition("/")[0]
    connection = http.client.HTTPConnection(host, timeout=600)
    try:
        connection.request(method, path, sent or None, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        hop = ("connection", "content-length", "date", "server", "transfer-encoding")
        headers = {name: value for name, value in reply.getheaders() if name.lower() not in hop}
        return reply.status, headers, reply.read()
    finally:
        connection.close()
