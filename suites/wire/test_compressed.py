"""Compression: replies to a client that takes it, as every library does, and requests of one that compresses."""

import gzip
import json

from antiphon.suite import PROBE, Api, Transcript, requirement, scenario

TAKEN = {"Accept-Encoding": "gzip, deflate"}


@scenario()
async def compressed_reply(api: Api) -> None:
    """A client that takes compressed bodies creates a response."""
    await api.create(headers=TAKEN, input="Say hi.", store=False, max_output_tokens=16)


@scenario(needs={"streaming"})
async def compressed_stream(api: Api) -> None:
    """A client that takes compressed bodies creates a stream."""
    await api.create(headers=TAKEN, input="Say hi.", store=False, max_output_tokens=16, stream=True)


def in_zstd(data: bytes) -> bytes:
    """Bytes as one frame of zstd (RFC 8878), with one block that is not compressed."""
    size = len(data)
    return b"\x28\xb5\x2f\xfd\xa0" + size.to_bytes(4, "little") + (size << 3 | 1).to_bytes(3, "little") + data


@scenario(each=("gzip", "zstd"))
async def compressed_request(api: Api, coding: str) -> None:
    """A create whose body is compressed."""
    plain = json.dumps({"model": api.model, "input": "Say hi.", "store": False, "max_output_tokens": 64}).encode()
    content = gzip.compress(plain) if coding == "gzip" else in_zstd(plain)
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    with api.intending(PROBE):
        await api.send("POST", api.route("create").path, content=content, headers=headers)


@requirement("create.compressed-requests")
def test_a_compressed_request_is_taken_or_refused_as_such(compressed_request: Transcript) -> None:
    """A request body in gzip or zstd is taken, or refused as a media type that is not supported."""
    (sent,) = compressed_request

    assert sent.is_success or sent.status == 415
