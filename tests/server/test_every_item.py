"""Every kind of output item: what leaves it, and its events in their order; the judge looks at each stream too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.server_wire import create, stream

SEARCHED = {
    "type": "function",
    "name": "lookup",
    "parameters": {"type": "object", "properties": {}},
    "defer_loading": True,
}
PROGRAMMED = {**SEARCHED, "name": "count", "defer_loading": None, "allowed_callers": ["programmatic"]}
MCP = {"type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp"}
FREE = {**MCP, "require_approval": "never"}
THINKING = {"reasoning": {"effort": "low", "summary": "auto"}}
Case = tuple[dict[str, Any], dict[str, list[str]]]


def deltas(stem: str) -> list[str]:
    return [f"{stem}.delta", f"{stem}.done"]


def steps(kind: str, *names: str) -> list[str]:
    return [f"{kind}.{name}" for name in names]


MESSAGE = ["content_part.added", *deltas("output_text"), "content_part.done"]
CITING = [
    "content_part.added",
    "output_text.delta",
    "output_text.annotation.added",
    "output_text.done",
    "content_part.done",
]
SUMMARY = ["reasoning_summary_part.added", *deltas("reasoning_summary_text"), "reasoning_summary_part.done"]
CALL = deltas("function_call_arguments")
CODE = ["code_interpreter_call.in_progress", *deltas("code_interpreter_call_code"),
        *steps("code_interpreter_call", "interpreting", "completed")]  # fmt: skip
IMAGE = steps("image_generation_call", "in_progress", "generating", "partial_image", "completed")
REMOTE = ["mcp_call.in_progress", *deltas("mcp_call_arguments"), "mcp_call.completed"]
LISTING = steps("mcp_list_tools", "in_progress", "completed")
SHELL = ["shell_call_command.added", *deltas("shell_call_command")]


def tool(*tools: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"tools": list(tools), "tool_choice": "required", **more}


CASES: dict[str, Case] = {
    "message": ({}, {"message": MESSAGE}),
    "reasoning": (THINKING, {"reasoning": SUMMARY, "message": MESSAGE}),
    "function": (tool(PROGRAMMED | {"allowed_callers": None}), {"function_call": CALL}),
    "custom": (tool({"type": "custom", "name": "write"}), {"custom_tool_call": deltas("custom_tool_call_input")}),
    "web_search": (
        tool({"type": "web_search"}),
        {"web_search_call": steps("web_search_call", "in_progress", "searching", "completed"), "message": CITING},
    ),
    "file_search": (
        tool({"type": "file_search", "vector_store_ids": ["vs_1"]}),
        {"file_search_call": steps("file_search_call", "in_progress", "searching", "completed"), "message": CITING},
    ),
    "code_interpreter": (
        tool({"type": "code_interpreter", "container": {"type": "auto"}}),
        {"code_interpreter_call": CODE, "message": MESSAGE},
    ),
    "image_generation": (tool({"type": "image_generation"}), {"image_generation_call": IMAGE, "message": MESSAGE}),
    "computer": (tool({"type": "computer"}), {"computer_call": []}),
    "mcp": (tool(FREE), {"mcp_list_tools": LISTING, "mcp_call": REMOTE, "message": MESSAGE}),
    "mcp with approval": (tool(MCP), {"mcp_list_tools": LISTING, "mcp_approval_request": []}),
    "shell": (tool({"type": "shell"}), {"shell_call": SHELL}),
    "hosted shell": (
        tool({"type": "shell", "environment": {"type": "container_auto"}}),
        {"shell_call": SHELL, "shell_call_output": deltas("shell_call_output_content"), "message": MESSAGE},
    ),
    "local_shell": (tool({"type": "local_shell"}), {"local_shell_call": []}),
    "apply_patch": (tool({"type": "apply_patch"}), {"apply_patch_call": deltas("apply_patch_call_operation_diff")}),
    "tool_search": (
        tool(SEARCHED, {"type": "tool_search"}),
        {"tool_search_call": [], "tool_search_output": [], "function_call": CALL},
    ),
    "tool_search of the client": (
        tool(SEARCHED, {"type": "tool_search", "execution": "client", "description": "d", "parameters": {}}),
        {"tool_search_call": []},
    ),
    "program": (
        tool(PROGRAMMED, {"type": "programmatic_tool_calling"}),
        {"program": [], "function_call": CALL},
    ),
    "program without calls": (
        {"tools": [{"type": "programmatic_tool_calling"}], "tool_choice": {"type": "programmatic_tool_calling"}},
        {"program": [], "program_output": [], "message": MESSAGE},
    ),
    "compaction": ({"input": [{"role": "user", "content": "hi"}, {"type": "compaction_trigger"}]}, {"compaction": []}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_item_has_its_events_in_order(http: httpx.Client, name: str) -> None:
    body, expected = CASES[name]
    told = stream(http, **body)
    output = told[-1]["response"]["output"]
    assert [item["type"] for item in output] == list(expected)
    for place, (kind, inner) in enumerate(expected.items()):
        seen = [event["type"].removeprefix("response.") for event in told if event.get("output_index") == place]
        assert list(dict.fromkeys(seen)) == ["output_item.added", *inner, "output_item.done"], kind
        done = next(e for e in told if e["type"] == "response.output_item.done" and e["output_index"] == place)
        assert {**done["item"], "encrypted_content": 0} == {**output[place], "encrypted_content": 0}
    assert [event["sequence_number"] for event in told] == list(range(len(told)))


def entry(sent: dict[str, Any], reply: httpx.Response) -> dict[str, Any]:
    """An exchange as a HAR file has it."""
    headers = [{"name": name, "value": value} for name, value in reply.headers.items()]
    kind = reply.headers["content-type"]
    return {
        "startedDateTime": "2026-11-01T00:00:00Z", "time": 1,
        "request": {"method": "POST", "url": str(reply.url), "headers": [],
                    "postData": {"mimeType": "application/json", "text": json.dumps(sent)}},
        "response": {"status": 200, "headers": headers, "content": {"mimeType": kind, "text": reply.text}},
    }  # fmt: skip


def test_every_stream_keeps_the_contract(tmp_path: Path, http: httpx.Client) -> None:
    """What the judge makes of all of them, plain and streamed."""
    entries = []
    for body, _ in CASES.values():
        for streamed in (False, True):
            sent = {"model": "antiphon-1", "input": "hi", "stream": streamed, **body}
            entries.append(entry(sent, http.post("/responses", json=sent)))
    recorded = tmp_path / "items.har"
    recorded.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    command = [sys.executable, "-m", "antiphon", "judge", str(recorded), "--report-dir", str(tmp_path / "report")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((tmp_path / "report" / "result.json").read_text(encoding="utf-8"))
    broken = [each["id"] for each in result["requirements"] if each["verdict"] in ("fail", "warn", "error")]
    assert broken == []
    assert result["totals"]["pass"] > 100


def test_output_items_are_legal_input(http: httpx.Client) -> None:
    """Whatever comes out goes in again, with an answer to what waits for one."""
    answers: dict[str, dict[str, Any]] = {
        "function_call": {"type": "function_call_output", "output": "done"},
        "custom_tool_call": {"type": "custom_tool_call_output", "output": "done"},
        "local_shell_call": {"type": "local_shell_call_output", "output": "done"},
        "apply_patch_call": {"type": "apply_patch_call_output", "status": "completed"},
        "computer_call": {
            "type": "computer_call_output",
            "output": {"type": "computer_screenshot", "image_url": "data:,"},
        },
        "shell_call": {"type": "shell_call_output", "output": []},
    }
    for name, (body, expected) in CASES.items():
        output = create(http, **body)["output"]
        waiting = [item for item in output if item["type"] in answers and "shell_call_output" not in expected]
        extra = [{**answers[item["type"]], "call_id": item["call_id"]} for item in waiting]
        reply = http.post(
            "/responses",
            json={"model": "antiphon-1", "input": [*output, *extra, {"role": "user", "content": "Go on."}]},
        )
        assert reply.status_code == 200, (name, reply.text)


def test_a_program_ends_when_its_calls_are_answered(http: httpx.Client) -> None:
    tools = [PROGRAMMED, {"type": "programmatic_tool_calling"}]
    first = create(http, tools=tools, tool_choice="required")
    program, call = first["output"]
    assert call["caller"] == {"type": "program", "caller_id": program["call_id"]}
    answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "42", "caller": call["caller"]}
    last = create(http, input=[answer], tools=tools, previous_response_id=first["id"])
    assert [item["type"] for item in last["output"]] == ["program_output", "message"]
    assert (last["output"][0]["call_id"], last["output"][0]["result"]) == (program["call_id"], "42")


def test_tools_are_searched_for_once(http: httpx.Client) -> None:
    tools = [{"type": "namespace", "name": "crm", "description": "d", "tools": [SEARCHED]}, {"type": "tool_search"}]
    first = create(http, tools=tools, tool_choice="required")
    search, found, call = first["output"]
    assert search["arguments"] == {"paths": ["crm.lookup"]}
    assert found["tools"][0]["name"] == "crm"
    assert (call["namespace"], call["name"]) == ("crm", "lookup")
    answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "x"}
    again = create(http, input=[answer], tools=tools, tool_choice="required", previous_response_id=first["id"])
    assert [item["type"] for item in again["output"]] == ["function_call"]


def test_an_approval_lets_a_call_through(http: httpx.Client) -> None:
    first = create(http, **tool(MCP))
    request = first["output"][-1]
    approval = {"type": "mcp_approval_response", "approval_request_id": request["id"], "approve": True}
    last = create(http, **tool(MCP, input=[approval], previous_response_id=first["id"]))
    call = last["output"][0]
    assert (call["type"], call["approval_request_id"]) == ("mcp_call", request["id"])
    assert json.loads(call["arguments"]) == {}
