"""What a page in a browser, a proxy and a client that compresses ask of the server, beside the API."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator

import httpx
import pytest
from tests.server.server_wire import MODEL

from antiphon.server import RunningServer, ServerSettings, background_server

PAGE = {"origin": "https://app.example"}
BODY = {"model": MODEL, "input": "Say hi."}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module", params=[True, False], ids=["fast", "plain"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    with background_server(ServerSettings(fast_path=request.param, journal=True)) as server:
        yield server


@pytest.mark.parametrize("stream", [True, False])
def test_every_origin_may_create(server: RunningServer, stream: bool) -> None:
    wanted = {**PAGE, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    allowed = httpx.options(f"{server}/responses", headers=wanted)
    reply = httpx.post(f"{server}/responses", json={**BODY, "stream": stream}, headers=PAGE)

    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert allowed.headers["access-control-allow-headers"] == "authorization"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "x-request-id" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/models"), ("GET", "/responses/none"), ("POST", "/nothing")])
def test_refusals_can_be_read_too(server: RunningServer, method: str, path: str) -> None:
    assert httpx.request(method, f"{server}{path}", headers=PAGE).headers["access-control-allow-origin"] == "*"


def test_no_page_reads_the_journal(server: RunningServer) -> None:
    reply = httpx.get(server.replace("/v1", "/_antiphon/requests"), headers=PAGE)
    assert reply.status_code == 200
    assert "access-control-allow-origin" not in reply.headers


def test_who_is_no_page_gets_no_such_headers(server: RunningServer) -> None:
    assert "access-control-allow-origin" not in httpx.post(f"{server}/responses", json=BODY).headers


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/responses", "OPTIONS, POST"), ("/responses/resp_1", "DELETE, GET, OPTIONS"), ("/models", "GET, OPTIONS")],
)
def test_the_methods_of_a_path_are_told(server: RunningServer, path: str, methods: str) -> None:
    told = httpx.options(f"{server}{path}")
    refused = httpx.patch(f"{server}{path}")

    assert (told.status_code, told.content) == (204, b"")
    assert refused.status_code == 405
    assert set(told.headers["allow"].split(", ")) - {"HEAD"} == set(methods.split(", "))
    assert told.headers["allow"] == refused.headers["allow"]
    assert httpx.options(f"{server}/nothing").status_code == 404


def test_health_needs_no_key() -> None:
    with background_server(api_key="sk-1") as server:
        assert httpx.get(server.replace("/v1", "/health")).json() == {"status": "ok"}
        assert httpx.get(f"{server}/models").status_code == 401


@pytest.mark.parametrize(("coding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_compressed_body_is_taken(server: RunningServer, coding: str, encode: object) -> None:
    assert callable(encode)
    data = encode(json.dumps(BODY).encode())
    reply = httpx.post(f"{server}/responses", content=data, headers={**JSON, "content-encoding": coding})

    assert reply.status_code == 200
    assert server.last_request.body == BODY


def test_another_coding_is_refused(server: RunningServer) -> None:
    reply = httpx.post(f"{server}/responses", content=b"x", headers={**JSON, "content-encoding": "zstd"})

    assert (reply.status_code, reply.json()["error"]["code"]) == (415, "unsupported_content_encoding")
    assert reply.headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"no gzip", 400), (gzip.compress(b"{}" * 99)[:-9], 400), (gzip.compress(b"\0" * 34_000_000), 413)],
    ids=["damaged", "cut", "a bomb"],
)
def test_a_damaged_body_is_refused(server: RunningServer, data: bytes, status: int) -> None:
    reply = httpx.post(f"{server}/responses", content=data, headers={**JSON, "content-encoding": "gzip"}, timeout=20)

    assert reply.status_code == status
    assert reply.json()["error"]["message"]
