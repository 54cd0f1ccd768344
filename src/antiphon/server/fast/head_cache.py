"""Head cache: the head of a request comes again and again over one connection, the same but for the length."""

from __future__ import annotations

import re
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
END = b"\r\n\r\n"
MOST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The bytes before and after the length in the head of a request."""

    before: bytes
    after: bytes

    def body_of(self, data: bytes) -> bytes | None:
        """The body of a request with this head; None where the data is not the whole of one request with it."""
        begins = len(self.before)
        ends = data.find(b"\r", begins, begins + MOST_DIGITS + 1)
        digits = data[begins:ends]
        if not (digits.isdigit() and data.startswith(self.before) and data.startswith(self.after, ends)):
            return None
        body = data[ends + len(self.after) :]
        return body if body and len(body) == int(digits) else None


def head_of(data: bytes, body: bytes, url: bytes, headers: int) -> RequestHead | None:
    """The head of a POST that was the last to be read, to that `url` and of so many headers.

    None where the data is not the whole of that request and nothing else.
    """
    head = data[: len(data) - len(body)]
    is_whole = head.startswith(b"POST %s HTTP/1.1\r\n" % url) and head.endswith(END) and data.endswith(body)
    length = LENGTH.search(head)
    if length is None or not is_whole or head.count(END) != 1 or head.count(b"\r\n") != headers + 2:
        return None
    return RequestHead(head[: length.start(1)], head[length.end(1) :])
