"""Faults for one request, asked for by its header: on, and only there; unknown and unwanted ones are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.server.server_wire import MODEL, create, events
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from antiphon.server import ServerSettings, background_server

BODY = {"model": MODEL, "input": "hi"}


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with background_server(ServerSettings(pace=0)) as url, httpx.Client(base_url=url, timeout=10) as client:
        yield client


def asked(http: httpx.Client, faults: str, path: str = "/responses", **body: Any) -> httpx.Response:
    return http.post(path, json={**BODY, **body}, headers={"x-antiphon-fault": faults})


def heard(told: list[dict[str, Any]]) -> str:
    return "".join(event["delta"] for event in told if event["type"] == "response.output_text.delta")


def test_a_fault_is_on_for_the_request_that_asks(http: httpx.Client) -> None:
    right = events(http.post("/responses", json={**BODY, "stream": True}).text)
    wrong = events(asked(http, "text-delta-lost", stream=True).text)
    again = events(http.post("/responses", json={**BODY, "stream": True}).text)
    assert heard(right) == heard(again) != heard(wrong)


def test_what_a_faulty_request_stores_is_shown_right_to_others(http: httpx.Client) -> None:
    made = asked(http, "annotations-missing").json()
    assert "annotations" not in made["output"][0]["content"][0]
    read = http.get(f"/responses/{made['id']}").json()
    assert read["output"][0]["content"][0]["annotations"] == []


def test_several_faults_are_asked_for_together(http: httpx.Client) -> None:
    text = asked(http, "crlf, text-delta-lost", stream=True).text
    assert "\r\n\r\n" in text
    assert '" from"' not in text


def test_switches_of_the_state_are_turned_for_one_request(http: httpx.Client) -> None:
    """A fault of validation, and one of conversations, each on the same memory as all else."""
    gone = {"previous_response_id": "resp_none"}
    assert http.post("/responses", json=BODY | gone).status_code == 400
    assert asked(http, "previous-ignored", **gone).status_code == 200
    conversation = http.post("/conversations", json={}).json()["id"]
    made = create(http, conversation=conversation)
    assert len(http.get(f"/conversations/{conversation}/items").json()["data"]) == 2
    assert http.get(f"/responses/{made['id']}").status_code == 200


def test_a_fault_reaches_chat(http: httpx.Client) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "stop": "from"}
    plain, faulty = (
        http.post("/chat/completions", json=body, headers=headers).json()["choices"][0]["finish_reason"]
        for headers in ({}, {"X-Antiphon-Fault": "chat-stop-as-length"})
    )
    assert (plain, faulty) == ("stop", "length")


def test_a_fault_reaches_a_socket(http: httpx.Client) -> None:
    address = str(http.base_url).replace("http://", "ws://").rstrip("/") + "/responses"
    for headers, stays in (({}, True), ({"x-antiphon-fault": "socket-closes-on-error"}, False)):
        with connect(address, proxy=None, additional_headers=headers) as socket:
            socket.send("{}")
            assert '"missing_required_parameter"' in str(socket.recv(5))
            if stays:
                socket.send("{}")
                assert '"missing_required_parameter"' in str(socket.recv(5))
            else:
                with pytest.raises(ConnectionClosedError, match="1011"):
                    socket.recv(5)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("text-delta-lst", "There is no fault 'text-delta-lst': did you mean 'text-delta-lost'?"),
        ("crlf, text-delta-lst", "There is no fault 'text-delta-lst': did you mean 'text-delta-lost'?"),
        (",".join(["crlf"] * 17), "more than 16 faults"),
    ],
)
def test_an_unknown_fault_is_refused(http: httpx.Client, names: str, sentence: str) -> None:
    refused = asked(http, names)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unknown_fault")
    assert sentence in refused.json()["error"]["message"]


def test_faults_by_header_can_be_forbidden() -> None:
    with background_server(ServerSettings(allow_faults=False, pace=0)) as url:
        refused = httpx.post(f"{url}/responses", json=BODY, headers={"x-antiphon-fault": "crlf"})
        assert httpx.post(f"{url}/responses", json=BODY).status_code == 200
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "faults_not_allowed")
    assert "--allow-faults" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("host", "takes"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("example.com", False)],
)
def test_only_a_server_for_this_machine_takes_them_unasked(host: str, takes: bool) -> None:
    assert ServerSettings(host=host).takes_faults is takes
    assert ServerSettings(host=host, allow_faults=True).takes_faults


def test_a_key_is_asked_for_first() -> None:
    with background_server(ServerSettings(api_key="sk-only-1", pace=0)) as url:
        refused = httpx.post(f"{url}/responses", json=BODY, headers={"x-antiphon-fault": "no-such"})
    assert refused.status_code == 401
