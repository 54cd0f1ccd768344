"""Base URLs and limits: what is accepted, and what is refused with its cure."""

from __future__ import annotations

from typing import Any

import pytest

from antiphon.errors import ConfigError
from antiphon.exercise.http.address import parse_base_url
from antiphon.exercise.limits import Limits


@pytest.mark.parametrize(
    ("text", "url", "port"),
    [
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1", 8000),
        (" https://api.example.com/v1 ", "https://api.example.com/v1", 443),
        ("HTTP://LocalHost:80/v1//", "http://localhost/v1", 80),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1", 8000),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1", 443),
        ("https://my_host.internal/a/b%20c", "https://my_host.internal/a/b%20c", 443),
    ],
)
def test_a_base_url_is_read(text: str, url: str, port: int) -> None:
    base = parse_base_url(text)

    assert (base.url, str(base), base.port) == (url, url, port)
    assert base.hint is None


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("", "http://127.0.0.1:8000/v1"),
        ("localhost:8000", "write http://localhost:8000"),
        ("127.0.0.1:8000/v1", "write http://127.0.0.1:8000/v1"),
        ("api.example.com/v1", "write https://api.example.com/v1"),
        ("//api.example.com/v1", "write https://api.example.com/v1"),
        ("http:/localhost", "lacks '//'"),
        ("ftp://example.com", "only http and https"),
        ("http://", "no host"),
        ("http:///v1", "no host"),
        ("http://exa mple.com/v1", "%20"),
        ("http://example.com\\v1", "%5C"),
        ("http://example.com/v1?key=x", "query"),
        ("http://example.com/v1#", "fragment"),
        ("http://example.com:99999/v1", "65535"),
        ("http://example.com:0/v1", "65535"),
        ("http://example.com:port/v1", "65535"),
        ("http://[::1/v1", "not a URL"),
        ("http://-bad-.example/v1", "neither a name"),
        ("http://a..b/v1", "neither a name"),
        ("http://127.0.0.256/v1", "IPv4"),
    ],
)
def test_a_wrong_base_url_is_refused_with_its_cure(text: str, cure: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_base_url(text)

    assert cure in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["https://me:secret@example.com/v1", "me:secret@example.com/v1", "http://me:secret@"])
def test_a_password_in_a_base_url_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_base_url(text)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("http://localhost:8000", "/v1"), ("http://localhost:8000/v1/responses", "ends in /responses")],
)
def test_a_likely_slip_is_hinted_at(text: str, words: str) -> None:
    hint = parse_base_url(text).hint

    assert hint is not None
    assert words in hint


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("api.example.com", False), ("10.0.0.1", False)],
)
def test_the_loopback_is_known(host: str, loopback: bool) -> None:
    assert parse_base_url(f"http://{host}:1234/v1").is_loopback is loopback


@pytest.mark.parametrize(
    "wrong",
    [{"total": 0}, {"idle": -1}, {"connect": float("inf")}, {"total": float("nan")}, {"body": 1.5}, {"calls": True},
     {"events": "9"}, {"concurrency": 0}],
)  # fmt: skip
def test_a_limit_is_a_positive_number(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Limits(**wrong)
