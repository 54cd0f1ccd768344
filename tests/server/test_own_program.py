"""A program of one's own holds the reference server by the names that it has had since 0.1."""

from __future__ import annotations

from starlette.testclient import TestClient

from antiphon.server.app import create_app
from antiphon.server.settings import Settings


def test_a_program_serves_the_application_and_asks_for_a_fault_by_header() -> None:
    headers = {"authorization": "Bearer sk-test"}
    body = {"model": "antiphon-1", "input": "Say hi."}
    with TestClient(create_app(Settings(port=0, api_key="sk-test", pace=0.0))) as client:
        right = client.post("/v1/responses", json=body, headers=headers).json()
        wrong = client.post("/v1/responses", json=body, headers={**headers, "x-antiphon-fault": "usage-missing"})
    assert right["object"] == "response"
    assert wrong.status_code == 200, wrong.text
    assert right["usage"] is not None
    assert wrong.json().get("usage") is None
