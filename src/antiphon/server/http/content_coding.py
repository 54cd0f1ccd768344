"""Content codings of request bodies: gzip and deflate are taken, others are refused."""

from __future__ import annotations

import zlib

from antiphon.server.errors import ApiError, shorten

WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""By coding, what zlib is told of the format."""


def decode_body(data: bytes, coding: str, largest: int) -> bytes:
    """The body that was encoded. Raises ApiError for another coding, for damage, and for more than `largest` bytes."""
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return data
    if coding not in WINDOWS:
        message = f"Unsupported content encoding {shorten(coding)}. Send the body as it is, or with gzip or deflate."
        headers = {"accept-encoding": "gzip, deflate"}
        raise ApiError(message, status=415, code="unsupported_content_encoding", headers=headers)
    decoder = zlib.decompressobj(WINDOWS[coding])
    try:
        body = decoder.decompress(data, largest + 1)
    except zlib.error:
        raise ApiError(f"The request body is no {coding}, as its content encoding says.") from None
    if len(body) > largest:
        message = f"The request body is larger than {largest} bytes. Send less."
        raise ApiError(message, status=413, code="request_too_large")
    if not decoder.eof:
        raise ApiError(f"The request body ends before its {coding} does.")
    return body
