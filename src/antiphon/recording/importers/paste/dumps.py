"""Dumps of bytes: rows of xxd, hexdump, curl and Netty, lines of a wire log, chunks of HTTP."""

from __future__ import annotations

import re
from typing import Final

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.repairs import Repairs

_HEX_ROW = re.compile(r"[| ]*([0-9a-fA-F]{4,10})[:|]? {1,2}((?:[0-9a-fA-F]{2} {0,2}){1,16})(?:[ |].*)?$")
_TEXT_ROW = re.compile(r"([0-9a-f]{4,8}): (.*)$")
_SENT = re.compile(r"=> Send |WRITE: |\] (?:OUTBOUND|CONNECT)")
_RECEIVED = re.compile(r"<= Recv |READ: ")
_NOTE = re.compile(r"(?:== Info: |\*|\+-+\+|\|? *0 +1 +2 +3|Warning: )")
_WIRE = re.compile(r'.{0,200}?<< "(.*?)((?:\[\\[rn]\])*)"\s*$')
_WIRE_SENT = re.compile(r'.{0,200}?>> "(.*)"\s*$')
_CHUNKED = re.compile(rb"transfer-encoding:[ \t]*chunked[^\n]*\n(?:[^\n]*[^\s][^\n]*\n){0,60}\r?\n", re.IGNORECASE)
_SIZE = re.compile(rb"([0-9a-fA-F]{1,7})[ \t]*(?:;[^\n]*)?\r?\n")
LEAST: Final = 4
"""Rows that make a dump."""


def without_dump(text: str, repairs: Repairs) -> str:
    """The text that the rows of a dump stand for, as far as it was received; the text itself where it is no dump."""
    lines = text.split("\n")
    hex_rows = sum(_HEX_ROW.match(line) is not None for line in lines)
    if hex_rows >= LEAST and _is_counted(lines, _HEX_ROW):
        repairs.add(r.DUMP, hex_rows)
        return _received(lines, _HEX_ROW).decode("utf-8", "surrogateescape")
    if "<= Recv " in text and "=> Send " in text:
        repairs.add(r.LOSSY, sum(_TEXT_ROW.match(line) is not None for line in lines))
        return _printed_rows(lines)
    wire = [match for line in lines if (match := _WIRE.match(line))]
    if len(wire) >= LEAST and any(match[2] for match in wire):
        repairs.add(r.DUMP, len(wire))
        return "".join(_with_ends(match) for match in wire)
    return text


def _with_ends(match: re.Match[str]) -> str:
    return match[1] + match[2].replace("[\\r]", "\r").replace("[\\n]", "\n")


def _is_counted(lines: list[str], row: re.Pattern[str]) -> bool:
    """The numbers before the rows go on by the bytes in them, as they do in dumps alone."""
    expected, right, wrong = 0, 0, 0
    for line in lines:
        if match := row.match(line):
            number = int(match[1], 16)
            right += number in (expected, 0)
            wrong += number not in (expected, 0)
            expected = number + len(bytes.fromhex(match[2].replace(" ", "")))
    return right >= 3 * wrong


def _received(lines: list[str], row: re.Pattern[str]) -> bytes:
    data, is_sent = bytearray(), False
    for line in lines:
        if _SENT.search(line):
            is_sent = True
        elif _RECEIVED.search(line):
            is_sent = False
        elif not is_sent and (match := row.match(line)):
            data += bytes.fromhex(match[2].replace(" ", ""))
    return bytes(data)


def _printed_rows(lines: list[str]) -> str:
    """The text of `curl --trace-ascii`, in which the ends of lines and what is no ASCII are dots."""
    heads, body, part = "", "", ""
    for line in lines:
        if line.startswith("<= Recv "):
            part = "head" if "header" in line else "body"
        elif line.startswith(("=> Send ", "== Info")):
            part = ""
        elif part and (match := _TEXT_ROW.match(line)):
            heads += f"{match[2]}\n" if part == "head" else ""
            body += match[2] if part == "body" else ""
    body = re.sub(r"\.{1,2}$", "\n\n", body)
    return heads + re.sub(r"\.{1,2}(?=(?:data: [{\[]|event: [\w.]+\.data: ))", "\n", body)


def without_chunks(data: bytes, repairs: Repairs) -> bytes:
    """A text in which the chunks of HTTP are joined, wherever bodies stand in them."""
    start = 0
    while match := _CHUNKED.search(data, start):
        joined = _joined(data, match.end())
        if joined is None:
            start = match.end()
            continue
        body, end, count = joined
        repairs.add(r.CHUNKS, count)
        data = data[: match.end()] + body + b"\n" + data[end:]
        start = match.end() + len(body)
    if not start and (joined := _joined(data, 0)):
        body, end, count = joined
        repairs.add(r.CHUNKS, count)
        return body + data[end:]
    return data


def _joined(data: bytes, at: int) -> tuple[bytes, int, int] | None:
    """The body whose chunks begin at a place, where they end, and how many they are; None where there are none."""
    body, count = bytearray(), 0
    while match := _SIZE.match(data, at):
        size = int(match[1], 16)
        end = match.end() + size
        if not size:
            return (bytes(body), match.end(), count) if count else None
        if end > len(data):
            return (bytes(body + data[match.end() :]), len(data), count + 1) if count else None
        if data[end : end + 1] not in (b"\r", b"\n"):
            return None
        body += data[match.end() : end]
        at = end + (2 if data[end : end + 2] == b"\r\n" else 1)
        count += 1
    return (bytes(body), at, count) if count and at >= len(data) else None
