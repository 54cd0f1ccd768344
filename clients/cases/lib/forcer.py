"""A loopback pass-through that makes an agent's tool loop independent of the model's wits.

It forwards every request to the server under test and rewrites one field of a Responses
request: while the input carries no tool output after the last user message, tool_choice is
forced (to `choice`); once it does, tool_choice becomes "none". So every conformant server
must call a tool exactly once and then answer. Nothing else is touched, answers never.
"""

import http.client
import http.server
import json
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

from lib.harness import BASE_URL

HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length", "te", "trailer"}


def rewrite(body, choice):
    # anything that asks for no tools is left alone
    if not body.get("tools"):
        return False
    had = False
    for it in reversed(body["input"] if isinstance(body.get("input"), list) else []):
        if it.get("role") == "user":
            break
        had = had or str(it.get("type", "")).endswith("_output")
    body["tool_choice"] = "none" if had else (choice(body) if callable(choice) else choice)
    return had


@contextmanager
def forced(choice="required"):
    """Yields (base_url, seen): seen collects the request bodies as sent by the client."""
    up, seen = urlsplit(BASE_URL), []

    class H(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            n = int(self.headers.get("content-length") or 0)
            data = self.rfile.read(n) if n else b""
            if self.headers.get("transfer-encoding", "").lower() == "chunked":
                data = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
            if self.command == "POST" and self.path.split("?")[0].endswith("/responses"):
                body = json.loads(data)
                seen.append(json.loads(data))
                rewrite(body, choice)
                data = json.dumps(body).encode()
            cls = http.client.HTTPSConnection if up.scheme == "https" else http.client.HTTPConnection
            conn = cls(up.hostname, up.port, timeout=120)
            conn.request(self.command, self.path, data or None, headers)
            r = conn.getresponse()
            self.send_response(r.status)
            for k, v in r.getheaders():
                if k.lower() not in HOP:
                    self.send_header(k, v)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            while chunk := r.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
            conn.close()

        do_GET = do_POST = do_DELETE = handle_any

        def log_message(self, *a):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # the client hung up

    srv = Server(("127.0.0.1", 0), H)
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    try:
        # the client keeps the server's path prefix, so paths are forwarded as they come
        yield f"http://127.0.0.1:{srv.server_port}{up.path}", seen
    finally:
        srv.shutdown()
