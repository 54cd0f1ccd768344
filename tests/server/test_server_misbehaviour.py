"""Faults of state, tools and lists: what the right server does, and what it does with the fault."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.server.server_wire import FUNCTION, MODEL, create, events, stream

from antiphon.server import ServerSettings, background_server

OTHER = {**FUNCTION, "name": "other"}
Probe = Callable[[httpx.Client], bool]
"""Whether a server misbehaves in one way."""


def refuses(http: httpx.Client, **body: Any) -> bool:
    return http.post("/responses", json={"model": MODEL, "input": "hi", **body}).status_code == 400


def calls(http: httpx.Client, **body: Any) -> list[str]:
    made = create(http, tools=[FUNCTION, OTHER], **body)
    return [item["name"] for item in made["output"] if item["type"] == "function_call"]


def counted(http: httpx.Client, **body: Any) -> int:
    count: int = http.post("/responses/input_tokens", json={"model": MODEL, "input": "hi", **body}).json()[
        "input_tokens"
    ]
    return count


def follow(http: httpx.Client, first: dict[str, Any], **body: Any) -> dict[str, Any]:
    return create(http, previous_response_id=first["id"], **body)


def tokens(response: dict[str, Any]) -> int:
    return int(response["usage"]["input_tokens"])


def texts(http: httpx.Client, **query: Any) -> list[str]:
    """The input items of a response that was made from 25 messages."""
    id = create(http, input=[{"role": "user", "content": f"m{number}"} for number in range(25)])["id"]
    page = http.get(f"/responses/{id}/input_items", params=query).json()
    return [item["content"][0]["text"] for item in page["data"]]


def missing(http: httpx.Client, id: str) -> bool:
    return http.get(f"/responses/{id}").status_code == 404


def deleted(http: httpx.Client) -> str:
    id: str = create(http)["id"]
    http.delete(f"/responses/{id}")
    return id


def started(http: httpx.Client) -> str:
    id: str = create(http, input="a long text", background=True)["id"]
    return id


def after(seconds: float, http: httpx.Client, id: str) -> str:
    """The status of a response some time later."""
    time.sleep(seconds)
    status: str = http.get(f"/responses/{id}").json()["status"]
    return status


def unfinished(http: httpx.Client, id: str) -> bool:
    """Whether a short run is still not completed after a time that is enough on a busy machine."""
    return all(after(0.05, http, id) != "completed" for _ in range(60))


def cancelled(http: httpx.Client, times: int = 1) -> httpx.Response:
    id = started(http)
    return [http.post(f"/responses/{id}/cancel") for _ in range(times)][-1]


def cancelled_completes(http: httpx.Client) -> bool:
    """Whether a cancelled run ends as completed, seen once a run that was begun after it has ended."""
    id = started(http)  # long enough to be running still when a busy machine cancels it
    control = started(http)
    http.post(f"/responses/{id}/cancel")
    assert any(after(0.05, http, control) == "completed" for _ in range(1200))
    return any(after(0.1, http, id) != "cancelled" for _ in range(3))


def leaves(http: httpx.Client) -> bool:
    """Whether a background run stops when its reader goes away."""
    body = {"model": MODEL, "input": "hi", "stream": True, "background": True}
    with http.stream("POST", "/responses", json=body) as reply:
        line = next(line for line in reply.iter_lines() if "resp_" in line)
    return unfinished(http, "resp_" + line.split('"resp_')[1].split('"')[0])


def resumed(http: httpx.Client, after: int = 3) -> list[int]:
    id = stream(http, background=True)[0]["response"]["id"]
    text = http.get(f"/responses/{id}", params={"stream": True, "starting_after": after}).text
    return [event["sequence_number"] for event in events(text)]


def fork(http: httpx.Client) -> bool:
    first = create(http)
    one = follow(http, first, input="one two three")
    return tokens(one) != tokens(follow(http, first, input="one two three"))


def forgetful(http: httpx.Client) -> bool:
    turns = [create(http, input="one two three four five six seven eight nine ten " * 4)]
    for _ in range(2):
        turns.append(follow(http, turns[-1]))
    return tokens(turns[2]) < tokens(turns[1])


def matches(http: httpx.Client) -> bool:
    first = create(http, input="one two three")
    replay = create(
        http, input=[{"role": "user", "content": "one two three"}, *first["output"], {"role": "user", "content": "hi"}]
    )
    return tokens(follow(http, first)) != tokens(replay)


def reference(http: httpx.Client) -> bool:
    item = create(http)["output"][0]["id"]
    reply = http.post("/responses", json={"model": MODEL, "input": [{"id": item}, {"role": "user", "content": "hi"}]})
    return reply.status_code != 200


def sealed(http: httpx.Client) -> bool:
    made = create(http, reasoning={"effort": "low"}, include=["reasoning.encrypted_content"])
    return not made["output"][0].get("encrypted_content")


def arguments(http: httpx.Client) -> str:
    made = create(http, tools=[FUNCTION], tool_choice="required")
    return str(made["output"][0]["arguments"])


def cut(http: httpx.Client) -> dict[str, Any]:
    return create(http, input="a long text", max_output_tokens=16)


def answer(http: httpx.Client) -> str:
    format = {"type": "json_schema", "name": "s", "schema": FUNCTION["parameters"], "strict": True}
    return str(create(http, text={"format": format})["output"][0]["content"][0]["text"])


TAMPERED = [
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"},
    {"role": "user", "content": "hi"},
]
LONELY = [{"type": "function_call_output", "call_id": "call_1", "output": "x"}]
NAMED = {"type": "function", "name": "other"}
ALLOWED = {"type": "allowed_tools", "mode": "required", "tools": [NAMED]}
PROBES: dict[str, Probe] = {
    "nothing-stored": lambda http: missing(http, create(http)["id"]),
    "unstored-kept": lambda http: not missing(http, create(http, store=False)["id"]),
    "readable-late": lambda http: missing(http, create(http)["id"]),
    "previous-ignored": lambda http: not refuses(http, previous_response_id="resp_none"),
    "chain-empty": lambda http: tokens(follow(http, create(http))) == tokens(create(http)),
    "chain-without-output": matches,
    "chain-without-input": matches,
    "chain-forgets": forgetful,
    "instructions-inherited": lambda http: bool(follow(http, create(http, instructions="x"))["instructions"]),
    "tools-inherited": lambda http: bool(follow(http, create(http, tools=[FUNCTION]))["tools"]),
    "forks-leak": fork,
    "calls-unpaired": lambda http: not refuses(http, input=LONELY),
    "references-unresolved": reference,
    "metadata-counted": lambda http: tokens(create(http)) != tokens(create(http, metadata={"a": "b"})),
    "delete-does-nothing": lambda http: not missing(http, deleted(http)),
    "deleted-continues": lambda http: not refuses(http, previous_response_id=deleted(http)),
    "delete-always-confirmed": lambda http: http.delete(f"/responses/{deleted(http)}").status_code == 200,
    "order-default-ascending": lambda http: texts(http)[0] == "m0",
    "order-ignored": lambda http: texts(http, order="asc")[0] != "m0",
    "limit-ignored": lambda http: len(texts(http, limit=2)) != 2,
    "limit-default-ten": lambda http: len(texts(http)) != 20,
    "output-listed": lambda http: texts(http, limit=100)[0] != "m24",
    "count-off-by-one": lambda http: counted(http) != tokens(create(http)),
    "count-without-tools": lambda http: counted(http) == counted(http, tools=[FUNCTION]),
    "count-without-instructions": lambda http: counted(http) == counted(http, instructions="Be brief."),
    "count-without-previous": lambda http: counted(http) == counted(http, previous_response_id=create(http)["id"]),
    "never-runs": lambda http: unfinished(http, create(http, background=True)["id"]),
    "background-blocks": lambda http: create(http, background=True)["status"] != "queued",
    "stops-with-client": leaves,
    "cancel-ignored": lambda http: cancelled(http).json()["status"] != "cancelled",
    "cancelled-then-completed": cancelled_completes,
    "cancel-foreground": lambda http: http.post(f"/responses/{create(http)['id']}/cancel").status_code == 200,
    "cancel-once": lambda http: cancelled(http, 2).status_code != 200,
    "resume-inclusive": lambda http: resumed(http)[0] != 4,
    "resume-renumbers": lambda http: resumed(http)[0] != 4,
    "resume-ignores-position": lambda http: resumed(http)[0] != 4,
    "resume-foreground": lambda http: (
        http.get(f"/responses/{create(http)['id']}", params={"stream": True}).status_code == 200
    ),
    "cut-as-completed": lambda http: cut(http)["status"] != "incomplete",
    "cut-item-completed": lambda http: cut(http)["output"][-1]["status"] != "incomplete",
    "limit-overrun": lambda http: cut(http)["usage"]["output_tokens"] > 16,
    "choice-ignored": lambda http: calls(http, tool_choice="required") == [],
    "none-ignored": lambda http: calls(http, tool_choice="none") != [],
    "name-ignored": lambda http: calls(http, tool_choice=NAMED) != ["other"],
    "allowed-ignored": lambda http: calls(http, tool_choice=ALLOWED) != ["other"],
    "parallel-ignored": lambda http: len(calls(http, tool_choice="required", parallel_tool_calls=False)) != 1,
    "parameters-ignored": lambda http: arguments(http) != '{"city":"Paris","days":2}',
    "format-ignored": lambda http: not answer(http).startswith("{"),
    "seal-ignored": sealed,
    "seal-unchecked": lambda http: not refuses(http, input=TAMPERED),
    "temperature-unchecked": lambda http: not refuses(http, temperature=9),
    "bogus-unchecked": lambda http: not refuses(http, bogus=1),
    "model-unchecked": lambda http: not refuses(http, model="none"),
}


@pytest.fixture(scope="module")
def right() -> Iterator[httpx.Client]:
    with background_server(ServerSettings(pace=0.001)) as url, httpx.Client(base_url=url, timeout=10) as client:
        yield client


@pytest.mark.parametrize("name", PROBES)
def test_only_the_fault_misbehaves(name: str, right: httpx.Client) -> None:
    assert not PROBES[name](right)
    with (
        background_server(ServerSettings(faults=(name,), pace=0.001)) as url,
        httpx.Client(base_url=url, timeout=10) as client,
    ):
        assert PROBES[name](client)
