"""Memory is bounded: the oldest go first, or what is too old. Streams are repeated from every cut, running or ended."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from tests.server.server_wire import MODEL, create, events, stream, unsealed

from antiphon.server import ServerSettings, background_server

LONG = "Count from 1 to 300."


def test_the_oldest_response_goes_first() -> None:
    with background_server(ServerSettings(max_responses=3, pace=0)) as url, httpx.Client(base_url=url) as http:
        made = [create(http, input=f"number {number}") for number in range(5)]
        found = [http.get(f"/responses/{each['id']}").status_code for each in made]
        chained = http.post("/responses", json={"model": MODEL, "input": "x", "previous_response_id": made[0]["id"]})
        item = {"type": "item_reference", "id": made[1]["output"][0]["id"]}
        referred = http.post("/responses", json={"model": MODEL, "input": [item]})
    assert found == [404, 404, 200, 200, 200]
    assert chained.json()["error"]["code"] == "previous_response_not_found"
    assert referred.status_code == 404


def test_a_chain_outlives_its_beginning() -> None:
    """What a kept response was built upon stays in its context."""
    with background_server(ServerSettings(max_responses=1, pace=0)) as url, httpx.Client(base_url=url) as http:
        last = create(http, input="My name is Alice.")
        for text in ("One.", "Two.", "What is my name?"):
            last = create(http, input=text, previous_response_id=last["id"])
    assert last["output"][0]["content"][0]["text"] == "Your name is Alice."


def test_completions_are_bounded_too() -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "store": True}
    with background_server(ServerSettings(max_responses=2, pace=0)) as url, httpx.Client(base_url=url) as http:
        ids = [http.post("/chat/completions", json=body).json()["id"] for _ in range(4)]
        assert [http.get(f"/chat/completions/{id}").status_code for id in ids] == [404, 404, 200, 200]


def test_a_running_response_that_is_pushed_out_ends() -> None:
    with (
        background_server(ServerSettings(max_responses=1, pace=0.01)) as url,
        httpx.Client(base_url=url, timeout=10) as http,
    ):
        old = create(http, input=LONG, background=True)
        new = create(http)
        assert http.get(f"/responses/{old['id']}").status_code == 404
        assert http.get(f"/responses/{new['id']}").status_code == 200


def test_what_is_too_old_is_forgotten() -> None:
    with background_server(ServerSettings(retention=1.5, pace=0)) as url, httpx.Client(base_url=url) as http:
        id = create(http)["id"]
        assert http.get(f"/responses/{id}").status_code == 200
        time.sleep(1.6)
        assert http.get(f"/responses/{id}").status_code == 404
        assert http.delete(f"/responses/{id}").status_code == 404


def bare(told: list[dict[str, Any]]) -> Any:
    return [{key: value for key, value in unsealed(event).items() if key != "obfuscation"} for event in told]


def replay(http: httpx.Client, id: str, after: int | None) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"stream": "true"} | ({} if after is None else {"starting_after": after})
    text = http.get(f"/responses/{id}", params=query).text
    return events(text) if text else []


def test_a_finished_stream_is_repeated_from_every_cut(http: httpx.Client) -> None:
    whole = stream(http, background=True, reasoning={"effort": "low", "summary": "auto"})
    id = whole[0]["response"]["id"]
    assert bare(replay(http, id, None)) == bare(whole)
    for cut in range(len(whole)):
        assert bare(replay(http, id, cut)) == bare(whole[cut + 1 :]), cut
    assert replay(http, id, len(whole) + 5) == []


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 17])
def test_a_running_stream_is_repeated_from_a_cut(cut: int) -> None:
    """The first reader leaves; a second goes on after its last event, while the work is going on."""
    body = {"model": MODEL, "input": LONG, "stream": True, "background": True}
    with background_server(ServerSettings(pace=0.002)) as url, httpx.Client(base_url=url, timeout=20) as http:
        heard: list[dict[str, Any]] = []
        with http.stream("POST", "/responses", json=body) as reply:
            for line in reply.iter_lines():
                if line.startswith("data: "):
                    heard.append(json.loads(line[6:]))
                if len(heard) == cut + 1:
                    break
        id = heard[0]["response"]["id"]
        assert http.get(f"/responses/{id}").json()["status"] in ("queued", "in_progress")
        rest = replay(http, id, cut)
        whole = replay(http, id, None)
    assert [event["sequence_number"] for event in [*heard, *rest]] == list(range(len(whole)))
    assert bare([*heard, *rest]) == bare(whole)
    assert rest[-1]["type"] == "response.completed"
