"""Background responses: polling, cancellation, and streams that are taken up again."""

from __future__ import annotations

import time
from typing import Any

import httpx
from openai import OpenAI
from tests.server.server_wire import MODEL, create, events, stream

LONG = "Write a long text."


def poll(http: httpx.Client, id: str) -> tuple[list[str], dict[str, Any]]:
    """The statuses on the way, and the response at the end."""
    seen: list[str] = []
    for _ in range(600):
        response: dict[str, Any] = http.get(f"/responses/{id}").json()
        if [response["status"]] != seen[-1:]:
            seen.append(response["status"])
        if response["status"] not in ("queued", "in_progress"):
            return seen, response
        time.sleep(0.01)
    raise AssertionError(seen)


def test_a_background_response_reaches_its_end(http: httpx.Client) -> None:
    made = create(http, background=True)
    assert (made["status"], made["output"], made["usage"], made["background"]) == ("queued", [], None, True)
    seen, final = poll(http, made["id"])
    assert final["status"] == "completed"
    assert seen == sorted(seen, key=["queued", "in_progress", "completed"].index)
    assert http.get(f"/responses/{made['id']}").json() == final


def test_a_cancel_is_quick_and_final(http: httpx.Client) -> None:
    id = create(http, background=True, input=LONG)["id"]
    while http.get(f"/responses/{id}").json()["status"] == "queued":
        time.sleep(0.005)
    first = http.post(f"/responses/{id}/cancel").json()
    assert first["status"] == "cancelled"
    assert http.post(f"/responses/{id}/cancel").json() == first
    time.sleep(0.1)
    assert http.get(f"/responses/{id}").json() == first


def test_a_finished_background_response_stays_as_it_is(http: httpx.Client) -> None:
    _, final = poll(http, create(http, background=True)["id"])
    assert http.post(f"/responses/{final['id']}/cancel").json() == final
    foreground = create(http)
    assert http.post(f"/responses/{foreground['id']}/cancel").status_code == 400
    assert http.get(f"/responses/{foreground['id']}").json() == foreground


def test_the_client_may_go_away(http: httpx.Client) -> None:
    body = {"model": MODEL, "input": LONG, "background": True, "stream": True}
    with http.stream("POST", "/responses", json=body) as reply:
        lines = reply.iter_lines()
        first = next(lines)
        id = next(line for line in lines if '"resp_' in line).split('"id":"')[1].split('"')[0]
    assert first == "event: response.created"
    whole = events(http.get(f"/responses/{id}", params={"stream": True}).text)
    assert whole[-1]["type"] == "response.completed"
    assert [event["sequence_number"] for event in whole] == list(range(len(whole)))


def test_a_stream_is_taken_up_after_a_number(http: httpx.Client) -> None:
    first = stream(http, background=True, stream_options={"include_obfuscation": False})
    assert [event["type"] for event in first[:3]] == ["response.created", "response.queued", "response.in_progress"]
    path = f"/responses/{first[0]['response']['id']}"
    assert events(http.get(path, params={"stream": True}).text) == first
    for after in (0, 3, len(first) - 2):
        assert events(http.get(path, params={"stream": True, "starting_after": after}).text) == first[after + 1 :]
    assert http.get(path, params={"stream": True, "starting_after": 9999}).content == b""
    padded = events(http.get(path, params={"stream": True, "include_obfuscation": True}).text)
    assert any("obfuscation" in event for event in padded)
    for bad in ("-1", "x", "1.5"):
        assert http.get(path, params={"stream": True, "starting_after": bad}).status_code == 400
    foreground = create(http)
    assert http.get(f"/responses/{foreground['id']}", params={"stream": True}).status_code == 400


def test_a_cancelled_stream_ends(http: httpx.Client) -> None:
    body = {"model": MODEL, "input": LONG, "background": True, "stream": True}
    with http.stream("POST", "/responses", json=body) as reply:
        lines = reply.iter_lines()
        id = next(line for line in lines if '"resp_' in line).split('"id":"')[1].split('"')[0]
        http.post(f"/responses/{id}/cancel")
        rest = [line for line in lines if line.startswith("event: ")]
    assert rest[-1] == "event: response.failed"
    assert "event: response.completed" not in rest


def test_a_running_response_may_be_deleted(http: httpx.Client) -> None:
    id = create(http, background=True, input=LONG)["id"]
    assert http.delete(f"/responses/{id}").status_code == 200
    assert http.get(f"/responses/{id}").status_code == 404


def test_an_unstored_background_response_can_be_polled(http: httpx.Client) -> None:
    made = create(http, background=True, store=False)
    assert made["store"] is False
    assert poll(http, made["id"])[1]["status"] == "completed"


def test_an_image_out_of_reach_fails_the_run(http: httpx.Client) -> None:
    picture = {"type": "input_image", "image_url": "https://nowhere.invalid/a.png"}
    message = [{"role": "user", "content": [picture]}]
    _, final = poll(http, create(http, background=True, input=message)["id"])
    assert final["status"] == "failed"
    assert final["error"]["code"] == "failed_to_download_image"
    seen = stream(http, background=True, input=message)
    assert [event["type"] for event in seen[-2:]] == ["error", "response.failed"]


def test_the_official_client_resumes(sdk: OpenAI) -> None:
    with sdk.responses.stream(model=MODEL, input="hi", background=True) as first:
        whole = list(first)
    id = whole[0].response.id  # type: ignore[union-attr]
    with sdk.responses.stream(response_id=id, starting_after=4) as again:
        rest = list(again)
    assert [event.sequence_number for event in rest] == [event.sequence_number for event in whole[5:]]
    assert sdk.responses.cancel(id).status == "completed"
    sdk.responses.delete(id)
