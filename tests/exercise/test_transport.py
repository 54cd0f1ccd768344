"""Requests as they are sent, replies as they are kept."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.exercise.hostile import Reader, Writer, hostile, serving

from antiphon.errors import ConfigError
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.limits import Limits
from antiphon.exercise.runner import transport_to
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange, Request


def on_hostile(act: Callable[[Transport], Awaitable[Any]], **options: Any) -> Any:
    async def main() -> Any:
        async with hostile() as url, Transport(url, **options) as transport:
            return await act(transport)

    return asyncio.run(main())


def heard(request: Request, **options: Any) -> tuple[bytes, Exchange]:
    """The bytes that a server receives of a request, and the exchange."""

    async def main() -> tuple[bytes, Exchange]:
        received = bytearray()

        async def serve(reader: Reader, writer: Writer) -> None:
            received.extend(await reader.read(100_000))
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        async with serving(serve) as address, Transport(f"http://{address}/v1/", **options) as transport:
            exchange = await transport.send(request, id="one", scenario="only")
        return bytes(received), exchange

    return asyncio.run(main())


def test_a_request_is_sent_below_the_base_url_and_recorded_with_its_headers() -> None:
    request = Request("POST", "/responses", (("include[]", "a b"),), (("X-Own", "1"),), {"input": "Grüße"})
    received, exchange = heard(request, headers=[("Authorization", "Bearer key")])
    head, _, body = received.partition(b"\r\n\r\n")

    assert head.startswith(b"POST /v1/responses?include%5B%5D=a+b HTTP/1.1\r\n")
    assert body == '{"input":"Grüße"}'.encode()
    assert exchange.request is not None
    sent = dict(exchange.request.headers)
    assert sent["Authorization"] == "Bearer key"
    assert sent["Content-Type"] == "application/json"
    assert sent["Accept-Encoding"] == "identity"
    assert all(f"{name}: {value}".encode() in head for name, value in exchange.request.headers)
    assert (exchange.id, exchange.scenario, exchange.sent) == ("one", "only", {"input": "Grüße"})


def test_headers_of_a_request_replace_those_of_the_target() -> None:
    request = Request(
        "POST", "/responses", headers=(("authorization", "Bearer wrong"), ("content-type", "a/b")), body={}
    )
    received, _ = heard(request, headers=[("Authorization", "Bearer key")])

    assert received.lower().count(b"authorization:") == 1
    assert b"Bearer wrong" in received
    assert received.lower().count(b"content-type:") == 1


def test_an_empty_header_leaves_out_the_one_of_the_target() -> None:
    received, _ = heard(Request("GET", "/models", headers=(("Authorization", ""),)), headers=[("authorization", "x")])

    assert b"authorization" not in received.lower()


def test_content_is_sent_as_it_is() -> None:
    received, _ = heard(Request("POST", "/responses", content=b'{"input": \xff'))

    assert received.endswith(b'\r\n\r\n{"input": \xff')
    assert b"Content-Length: 11" in received


def test_a_lone_surrogate_is_escaped() -> None:
    received, _ = heard(Request("POST", "/responses", body={"input": "\ud800"}))

    assert received.endswith(b'{"input":"\\ud800"}')


@pytest.mark.parametrize(
    "headers",
    [[("Authorization", "Bearer secret\n")], [("Authorization", "Bearer secret ")], [("", "x")], [("Näme", "x")]],
)
def test_a_header_that_cannot_be_sent_is_a_configuration_error(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(ConfigError, match="cannot be sent") as caught:
        heard(Request("GET", "/models"), headers=headers)

    assert "secret" not in str(caught.value)


def test_a_request_that_is_no_http_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="cannot be sent"):
        heard(Request("GE T", "/models"))


def test_chunks_have_the_times_at_which_they_arrived() -> None:
    before = time.time()
    exchange = on_hostile(lambda transport: transport.send(Request("GET", "/fine-stream"), id="stream"))
    first, second, third = [chunk.at for chunk in exchange.response.chunks]

    assert 0 < first < second < third <= exchange.elapsed
    assert len(exchange.events) == 3
    assert before <= exchange.started_at <= time.time()


def test_a_stream_is_left_at_the_frame_that_is_waited_for() -> None:
    exchange = on_hostile(
        lambda transport: transport.send(Request("GET", "/fine-stream"), id="stream", until=lambda f: f.number == 1)
    )

    assert len(exchange.events) == 2
    assert exchange.failure is None
    assert not exchange.response.complete
    assert exchange.notes == {"hung-up"}


def test_a_shorter_total_can_be_given_for_one_request() -> None:
    exchange = on_hostile(
        lambda transport: transport.send(Request("GET", "/never-answers"), id="slow", timeout_total=0.1)
    )

    assert exchange.failure.kind == "timeout-total"
    assert "0.1 s" in exchange.failure.message


def test_the_number_of_calls_is_limited() -> None:
    async def act(transport: Transport) -> list[Exchange]:
        return [await transport.send(Request("GET", "/fine"), id=str(number)) for number in range(3)]

    *sent, refused = on_hostile(act, limits=Limits(calls=2))

    assert [exchange.status for exchange in sent] == [200, 200]
    assert refused.failure.kind == "budget"
    assert refused.response is None


def test_no_more_requests_run_at_once_than_allowed() -> None:
    async def act(transport: Transport) -> list[Exchange]:
        sends = (transport.send(Request("GET", "/fine-stream"), id=str(number)) for number in range(4))
        return await asyncio.gather(*sends)

    exchanges = on_hostile(act, limits=Limits(concurrency=2))
    spans = sorted((exchange.started_at, exchange.started_at + exchange.elapsed) for exchange in exchanges)

    assert all(exchange.failure is None for exchange in exchanges)
    assert spans[2][0] >= min(end for _, end in spans[:2]) - 0.01


def test_a_kept_connection_that_was_closed_is_no_failure() -> None:
    async def act(transport: Transport) -> tuple[Exchange, Exchange]:
        first = await transport.send(Request("GET", "/closed-after-the-reply"), id="first")
        return first, await transport.send(Request("GET", "/fine"), id="second")

    first, second = on_hostile(act)

    assert first.failure is None
    assert second.failure is None
    assert second.body == {"ok": True}
    assert second.notes == {"resent"}


def test_cookies_are_not_kept() -> None:
    async def act(transport: Transport) -> Exchange:
        await transport.send(Request("GET", "/cookies"), id="first")
        return await transport.send(Request("GET", "/cookies"), id="second")

    exchange = on_hostile(act)

    assert exchange.request is not None
    assert "cookie" not in {name.lower() for name, _ in exchange.request.headers}
    assert exchange.response.header("x-name") == "café"


def test_a_redirect_is_the_reply() -> None:
    exchange = on_hostile(lambda transport: transport.send(Request("GET", "/redirect-loop"), id="loop"))

    assert (exchange.status, exchange.failure) == (307, None)
    assert exchange.response.header("location") == "/v1/redirect-loop"


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("http://127.0.0.1:1/v1", "connect", "refuses the connection"),
        ("http://localhost:1/v1", "connect", "refuses the connection"),
        ("http://name.invalid/v1", "connect", "is not known"),
    ],
)
def test_a_target_that_is_not_there_is_not_reached(
    url: str, kind: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("http_proxy", raising=False)
    monkeypatch.delenv("HTTP_PROXY", raising=False)

    async def main() -> tuple[Any, Exchange]:
        async with Transport(url) as transport:
            return await transport.reach(), await transport.send(Request("GET", "/responses/x"), id="x")

    failure, exchange = asyncio.run(main())

    assert failure.kind == kind
    assert words in failure.message
    assert exchange.failure == failure
    assert exchange.response is None


def test_a_target_that_answers_anything_is_reached() -> None:
    assert on_hostile(lambda transport: transport.reach()) is None


def test_http_where_tls_is_expected_is_explained() -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async def main() -> Any:
        async with serving(serve) as address, Transport(f"https://{address}/v1") as transport:
            return await transport.reach()

    failure = asyncio.run(main())

    assert failure.kind == "tls"
    assert "is the address http, not https?" in failure.message


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_certificate_is_checked_unless_told_otherwise(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    async def main() -> list[Any]:
        failures = []
        async with serving(serve, context) as address:
            for verify in (True, False, str(certificate)):
                async with Transport(f"https://{address}/v1", verify=verify) as transport:
                    failures.append(await transport.reach())
        return failures

    refused, *accepted = asyncio.run(main())

    assert refused.kind == "tls"
    assert "not trusted" in refused.message
    assert "--ca-file" in refused.message
    assert accepted == [None, None]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_target_names_an_authority_and_shows_a_certificate(tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(tmp_path / "key"), "-out", str(both)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_bytes(both.read_bytes() + (tmp_path / "key").read_bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=both)
    context.load_cert_chain(both)
    context.verify_mode = ssl.CERT_REQUIRED

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    async def main() -> list[Any]:
        found = []
        async with serving(serve, context) as address:
            for certificate in ("", str(both)):
                target = Target(f"https://{address}/v1", ca_file=str(both), client_cert=certificate)
                async with transport_to(target) as transport:
                    found.append(await transport.reach())
        return found

    without, shown = asyncio.run(main())

    assert without is not None
    assert shown is None


def test_a_client_certificate_that_cannot_be_read_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Client certificate .* cannot be read"):
        Transport("https://localhost/v1", client_cert=str(tmp_path / "none.pem"))


def test_certificates_that_cannot_be_read_are_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PEM"):
        Transport("https://localhost/v1", verify=str(tmp_path / "none.pem"))


def test_a_proxy_of_the_environment_is_used_for_other_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"GET http://name.invalid/v1/models HTTP/1.1\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def main() -> Exchange:
        async with serving(serve) as address:
            monkeypatch.setenv("http_proxy", f"http://{address}")
            async with Transport("http://name.invalid/v1") as transport:
                return await transport.send(Request("GET", "/models"), id="one")

    assert asyncio.run(main()).status == 204


def test_a_proxy_that_is_no_url_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "me:secret@proxy.invalid:3128")

    with pytest.raises(ConfigError, match="https_proxy=http://host:port") as caught:
        Transport("https://name.invalid/v1")

    assert "secret" not in str(caught.value)


def test_a_cancelled_request_leaves_nothing_behind() -> None:
    async def act(transport: Transport) -> Exchange:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(transport.send(Request("GET", "/silence-in-stream"), id="first"), 0.1)
        return await transport.send(Request("GET", "/fine"), id="second")

    assert on_hostile(act, limits=Limits(concurrency=1, idle=5)).body == {"ok": True}


def test_a_proxy_of_the_environment_is_not_used_for_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert on_hostile(lambda transport: transport.reach()) is None


def test_what_a_model_answers_carries_the_body_fields_of_the_target_unless_it_has_them() -> None:
    fields = {"user": "target", "top_k": 5}
    creates = Request("POST", "/responses", body={"model": "m", "user": "own"})
    others = [Request("POST", "/conversations", body={}), Request("GET", "/responses/x")]

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    async def main() -> list[Exchange]:
        async with serving(serve) as address, Transport(f"http://{address}", body=fields) as transport:
            return [await transport.send(each, id="x") for each in (creates, *others)]

    sent = [each.sent for each in asyncio.run(main())]
    assert sent == [{"user": "own", "top_k": 5, "model": "m"}, {}, None]
