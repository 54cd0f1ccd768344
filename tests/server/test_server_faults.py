"""Faults: named, documented, and visible; the right server shows none of them."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import json
import pkgutil
import threading
from dataclasses import fields
from typing import Any

import httpx
import pytest
from tests.server.server_wire import FUNCTION, MODEL

from antiphon.contract.load import all_requirements
from antiphon.contract.paths import spec_dir
from antiphon.server import ServerSettings, background_server, faults
from antiphon.server.app.application import create_app
from antiphon.server.faults import Fault, catalogue, faults_by_name

FAULTS = catalogue()
MODULES = [module.name for module in pkgutil.walk_packages(faults.__path__, f"{faults.__name__}.")]
HOOKS = [each.name for each in fields(Fault) if each.default is None]


def test_faults_name_requirements_that_exist() -> None:
    known = all_requirements().keys()
    named = {id for fault in FAULTS.values() for id in fault.breaks | fault.implies}
    assert named <= known, sorted(named - known)


def area_of(module: str) -> str:
    """The area of the spec that a module of faults is named after, itself or its package."""
    return module.removeprefix(f"{faults.__name__}.").split(".")[0].replace("_", "-")


def declared(module: str) -> tuple[Fault, ...]:
    return getattr(importlib.import_module(module), "FAULTS", ())


def test_every_area_of_the_spec_has_one_module_or_package_of_faults() -> None:
    areas = {path.stem for path in (spec_dir() / "requirements").glob("*.yaml")}

    assert {area_of(module) for module in MODULES if declared(module)} == areas


def test_a_fault_stands_in_the_area_of_a_requirement_that_it_breaks() -> None:
    """Itself, or by what follows from it: an invalid value that ends in a 500 is a fault of its own area."""
    known = all_requirements()
    elsewhere = [
        fault.name
        for module in MODULES
        for fault in declared(module)
        if area_of(module) != "modes"  # right in a plain create, so what they break lies in any area
        and {known[id].area for id in fault.breaks} != {"modes"}  # nor has what breaks a mode alone an area besides
        and area_of(module) not in {known[id].area for id in fault.breaks | fault.implies}
    ]

    assert elsewhere == []


def is_plain(entry: ast.expr) -> bool:
    """A call of `fault` with its name and its sentence as they are read, so that both can be searched for."""
    return (
        isinstance(entry, ast.Call)
        and ast.unparse(entry.func) == "fault"
        and all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in entry.args[:2])
    )


def entries(source: str) -> list[ast.expr]:
    """What a module lists under FAULTS."""
    found = [
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FAULTS"
    ]
    assert all(isinstance(value, ast.Tuple) for value in found)
    return [entry for value in found for entry in value.elts]  # type: ignore[attr-defined]


def test_every_fault_is_written_in_one_way() -> None:
    written = {module: entries(inspect.getsource(importlib.import_module(module))) for module in MODULES}

    assert [module for module in MODULES if not all(map(is_plain, written[module]))] == []
    assert sum(map(len, written.values())) == len(FAULTS)


def test_a_fault_made_by_a_loop_would_be_seen() -> None:
    table = 'FAULTS = (fault("a-b", "It is.", "a.b"), *(fault(f"{name}-b", "It is.", "a.b") for name in "cd"))'

    assert [is_plain(entry) for entry in entries(table)] == [True, False]


def test_every_fault_breaks_something_and_says_what() -> None:
    for fault in FAULTS.values():
        assert fault.breaks
        assert not fault.breaks & fault.implies, fault.name
        assert fault.says.endswith(".")
        assert fault.policy or any(getattr(fault, hook) for hook in HOOKS), fault.name


def test_an_unknown_fault_is_refused_with_the_likely_one() -> None:
    with pytest.raises(ValueError, match="did you mean 'text-delta-lost'"):
        faults_by_name(["text-delta-lst"])


async def walk(fault: str) -> list[int]:
    """A short walk through a server: the statuses that came back."""
    transport = httpx.ASGITransport(create_app(ServerSettings(faults=(fault,), pace=0)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test/v1", timeout=10) as client:
        return [reply.status_code for reply in await visit(client)]


async def visit(client: httpx.AsyncClient) -> list[httpx.Response]:
    body = {"model": MODEL, "input": "hi", "temperature": 0.5}
    tools = {"tools": [FUNCTION, {**FUNCTION, "name": "other"}], "tool_choice": "required"}
    replies = [
        await client.post("/responses", json=body),
        await client.post("/responses", json=body | tools),
        await client.post("/responses", json=body | tools | {"stream": True}),
        await client.post("/responses", json=body | {"stream": True, "background": True}),
        await client.post("/responses", json={"model": "none", "input": "hi"}),
        await client.get("/responses/resp_none"),
    ]
    id = replies[0].json().get("id", "none")
    return [*replies, await client.get(f"/responses/{id}"), await client.get(f"/responses/{id}/input_items")]


NO_USUAL_REPLY = {
    "body-stays-open", "cancel-slow", "never-runs", "body-cut", "gzip-by-name-only", "create-redirected",
    "create-refused-as-one-too-many", "last-chunk-missing", "coding-not-requested",
}  # fmt: skip
"""Faults by which a plain client waits, cannot read the reply, or is sent away."""


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - NO_USUAL_REPLY))
def test_a_faulty_server_goes_on_serving(name: str) -> None:
    """No fault makes the server hang or crash; only the one that means to answers 500."""
    statuses = asyncio.run(walk(name))
    assert statuses[0] == 200
    assert 500 not in statuses


def events_with(name: str, **body: Any) -> list[dict[str, Any]]:
    with background_server(ServerSettings(faults=(name,), pace=0)) as url:
        text = httpx.post(f"{url}/responses", json={"model": MODEL, "input": "hi", "stream": True, **body}).text
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


def test_a_lost_delta_leaves_all_else_right() -> None:
    events = events_with("text-delta-lost")
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    said = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    told = next(event["text"] for event in events if event["type"] == "response.output_text.done")
    assert said != told == events[-1]["response"]["output"][0]["content"][0]["text"]


def test_a_wrong_item_is_wrong_everywhere() -> None:
    with (
        background_server(ServerSettings(faults=("annotations-missing",), pace=0)) as url,
        httpx.Client(base_url=url) as client,
    ):
        made = client.post("/responses", json={"model": MODEL, "input": "hi"}).json()
        read = client.get(f"/responses/{made['id']}").json()
    assert "annotations" not in made["output"][0]["content"][0]
    assert read == made


def test_faults_can_be_combined() -> None:
    with background_server(ServerSettings(faults=("crlf", "text-delta-lost"), pace=0)) as url:
        text = httpx.post(f"{url}/responses", json={"model": MODEL, "input": "hi", "stream": True}).text
    assert "\r\n\r\n" in text
    assert '" from"' not in text


def test_the_server_stops_while_work_is_going_on() -> None:
    others = set(threading.enumerate())
    with background_server(ServerSettings()) as url:
        httpx.post(f"{url}/responses", json={"model": MODEL, "input": "a long text", "background": True})
        (server,) = (each for each in set(threading.enumerate()) - others if each.name == "reference-server")
    assert not server.is_alive()
