"""Asks over bare sockets, so that a test decides which bytes go out together."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import urlsplit


def asked(url: str, input: str, model: str = "antiphon-1", more: str = "") -> bytes:
    """The bytes of a create."""
    body = json.dumps({"model": model, "input": f"Repeat: {input}"}).encode()
    head = f"POST {urlsplit(url).path}/responses HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=120)


def heard(peer: socket.socket) -> bytes:
    """All that comes until the server closes."""
    said = b""
    while piece := peer.recv(65536):
        said += piece
    return said


def answers(peer: socket.socket, *pieces: bytes) -> list[object]:
    """The status and the text of the reply to each piece, sent when the one before has been answered."""
    told: list[object] = []
    for piece in pieces:
        peer.sendall(piece)
        reply = http.client.HTTPResponse(peer)
        reply.begin()
        body = json.loads(reply.read())
        told.append(body["output"][0]["content"][0]["text"] if reply.status == 200 else reply.status)
    return told
