"""A head that comes again over its connection is not read again, and counts for no other request."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.server.socket_wire import answers, asked, connected, heard

from antiphon.server import ServerSettings, background_server
from antiphon.server.fast.head_cache import head_of


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with background_server(ServerSettings(pace=0)) as url:
        yield url


def test_a_head_that_comes_again_may_have_another_length(url: str) -> None:
    words = ["a", "much longer", "b", "of the length", "Of The Length", "x" * 3_000, "c"]
    with connected(url) as peer:
        assert answers(peer, *(asked(url, word) for word in words)) == words


def test_a_head_that_comes_again_may_have_another_line(url: str) -> None:
    faulty = "x-antiphon-fault: no-such-fault\r\n"
    with connected(url) as peer:
        told = answers(peer, asked(url, "a"), asked(url, "b"), asked(url, "c", more=faulty), asked(url, "d"))

    assert told == ["a", "b", 400, "d"]


def test_a_key_counts_for_one_request() -> None:
    key = "authorization: Bearer sk-right\r\n"
    with background_server(ServerSettings(api_key="sk-right")) as url, connected(url) as peer:
        told = answers(
            peer, asked(url, "a", more=key), asked(url, "b", more=key), asked(url, "c"), asked(url, "d", more=key)
        )

    assert told == ["a", "b", 401, "d"]


def test_a_request_that_comes_in_halves_follows_on_whole_ones(url: str) -> None:
    whole = asked(url, "late")
    with connected(url) as peer:
        assert answers(peer, asked(url, "a"), asked(url, "b")) == ["a", "b"]
        for end in (20, len(whole) - 9):
            peer.sendall(whole[:end])
            time.sleep(0.05)
            assert answers(peer, whole[end:]) == ["late"]


def test_requests_that_come_together_follow_on_whole_ones(url: str) -> None:
    with connected(url) as peer:
        assert answers(peer, asked(url, "a"), asked(url, "b")) == ["a", "b"]
        peer.sendall(asked(url, "first") + asked(url, "second", more="connection: close\r\n"))
        said = heard(peer)

    assert said.index(b'"first"') < said.index(b'"second"')


def test_a_request_of_a_known_head_may_have_to_wait(url: str) -> None:
    slow = asked(url, "slow", model="antiphon-1-slow")
    with connected(url) as peer:
        assert answers(peer, asked(url, "a"), asked(url, "b"), slow, asked(url, "c")) == ["a", "b", "slow", "c"]
        peer.sendall(slow)
        time.sleep(0.05)
        peer.sendall(asked(url, "hasty", more="connection: close\r\n"))
        said = heard(peer)

    assert said.index(b'"slow"') < said.index(b'"hasty"')


HEAD = b"POST /v1/responses HTTP/1.1\r\nhost: x\r\nContent-Length: 2\r\naccept: */*\r\n\r\n"


def test_a_head_is_known_by_all_but_the_length() -> None:
    head = head_of(HEAD + b"{}", b"{}", b"/v1/responses", 3)

    assert head is not None
    assert head.body_of(HEAD.replace(b": 2", b": 3") + b"{ }") == b"{ }"
    assert head.body_of(HEAD + b"{}") == b"{}"


@pytest.mark.parametrize(
    "data",
    [
        HEAD[1:] + b"{}",
        HEAD + b"{}" + HEAD + b"{}",
        HEAD + b"{}GET",
        HEAD + b"{}{}",
        b"POST /v1/responses HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
        b"{}",
    ],
)
def test_no_head_is_known_from_data_that_holds_less_or_more(data: bytes) -> None:
    assert head_of(data, b"{}", b"/v1/responses", 3) is None


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"{",
        HEAD + b"{} ",
        HEAD + b"{}" + HEAD + b"{}",
        HEAD.replace(b": 2", b":  2") + b"{}",
        HEAD.replace(b": 2", b": 0"),
        HEAD.replace(b": 2", b": 00000002") + b"{}",
        HEAD.replace(b"host: x", b"host: y") + b"{}",
        HEAD.replace(b"*/*", b"x/*") + b"{}",
        HEAD[:50],
        b"",
    ],
)
def test_what_is_not_one_whole_request_of_a_known_head_is_read_anew(data: bytes) -> None:
    head = head_of(HEAD + b"{}", b"{}", b"/v1/responses", 3)

    assert head is not None
    assert head.body_of(data) is None
