"""Hosted tools: small, deterministic stand-ins for those that run on the server's side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from antiphon.server.ids import Ids
from antiphon.server.json_values import Json

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PAGE = {"type": "url", "url": "https://example.com/"}
FILE = {"file_id": "file-reference", "filename": "reference.txt"}
MCP_TOOL = {
    "annotations": {"read_only": True},
    "description": "Says hello.",
    "input_schema": {"type": "object", "properties": {}, "additionalProperties": False},
    "name": "hello",
}

STOPPING = frozenset({"local_shell_call", "shell_call", "apply_patch_call", "computer_call", "mcp_approval_request"})
Make = Callable[[Json, str, list[Json], list[str], Ids], list[Json]]


def items(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    """The items that one use of a hosted tool leaves in the output."""
    kind = tool["type"]
    if kind.startswith("web_search"):
        return _web_search(tool, wish, context, include, ids)
    if kind.startswith("computer"):
        return _computer(tool, wish, context, include, ids)
    make = MAKERS.get(kind)
    return make(tool, wish, context, include, ids) if make else []


def stops(item: Json) -> bool:
    """Whether the response ends here, because the client has to act."""
    return item["type"] in STOPPING


def citations(calls: list[Json], text: str) -> list[Json]:
    """What the tools that were used add to the text."""
    result: list[Json] = []
    for tool in calls:
        if tool["type"].startswith("web_search"):
            span = {"start_index": 0, "end_index": min(5, len(text))}
            result.append({"type": "url_citation", **span, "title": "Example", "url": PAGE["url"]})
        elif tool["type"] == "file_search":
            result.append({"type": "file_citation", "index": 0, **FILE})
    return result


def _web_search(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    query = wish[:40] or "example"
    action: Json = {"type": "search", "queries": [query], "query": query}
    if "web_search_call.action.sources" in include:
        action["sources"] = [PAGE]
    return [{"id": ids.new("ws_"), "type": "web_search_call", "status": "completed", "action": action}]


def _file_search(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    found = [{**FILE, "attributes": {}, "score": 0.5, "text": "Hello."}]
    results = found if "file_search_call.results" in include else None
    result = {"id": ids.new("fs_"), "type": "file_search_call", "status": "completed"}
    return [result | {"queries": [wish[:40] or "example"], "results": results}]


def _code_interpreter(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    outputs = [{"type": "logs", "logs": "hello\n"}] if "code_interpreter_call.outputs" in include else None
    container = tool["container"] if isinstance(tool["container"], str) else ids.new("cntr_")
    result = {"id": ids.new("ci_"), "type": "code_interpreter_call", "status": "completed"}
    return [result | {"code": "print('hello')", "container_id": container, "outputs": outputs}]


def _image_generation(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    result = {"id": ids.new("ig_"), "type": "image_generation_call", "status": "completed"}
    look = {"background": "opaque", "output_format": "png", "quality": "low", "size": "1024x1024"}
    return [result | look | {"result": PIXEL, "revised_prompt": "A single point."}]


def _mcp(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    label = tool["server_label"]
    result: list[Json] = []
    if not any(item["type"] == "mcp_list_tools" and item["server_label"] == label for item in context):
        result.append({"id": ids.new("mcpl_"), "type": "mcp_list_tools", "server_label": label, "tools": [MCP_TOOL]})
    approvals = [item for item in context if item["type"] == "mcp_approval_response" and item["approve"]]
    call: Json = {"arguments": "{}", "name": "hello", "server_label": label}
    if tool.get("require_approval") != "never" and not approvals:
        return [*result, {"id": ids.new("mcpr_"), "type": "mcp_approval_request", **call}]
    approval = approvals[-1]["approval_request_id"] if approvals else None
    call |= {"approval_request_id": approval, "error": None, "output": "hello", "status": "completed"}
    return [*result, {"id": ids.new("mcp_"), "type": "mcp_call", **call}]


def _shell(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    environment = tool.get("environment") or {"type": "local"}
    call: Json = {
        "id": ids.new("sh_"),
        "type": "shell_call",
        "status": "completed",
        "action": {"commands": ["echo hello"], "max_output_length": None, "timeout_ms": None},
        "call_id": ids.new("call_"),
        "environment": environment if environment["type"] == "local" else None,
    }
    if environment["type"] == "local":
        return [call]
    container = environment.get("container_id") or ids.new("cntr_")
    call["environment"] = {"type": "container_reference", "container_id": container}
    result = {"outcome": {"type": "exit", "exit_code": 0}, "stderr": "", "stdout": "hello\n"}
    output = {"id": ids.new("sho_"), "type": "shell_call_output", "status": "completed", "call_id": call["call_id"]}
    return [call, output | {"max_output_length": None, "output": [result]}]


def _local_shell(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    action = {"type": "exec", "command": ["echo", "hello"], "env": {}}
    result = {"id": ids.new("lsh_"), "type": "local_shell_call", "status": "completed"}
    return [result | {"action": action, "call_id": ids.new("call_")}]


def _apply_patch(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    operation = {"type": "create_file", "path": "hello.txt", "diff": "+hello\n"}
    result = {"id": ids.new("apc_"), "type": "apply_patch_call", "status": "completed"}
    return [result | {"call_id": ids.new("call_"), "operation": operation}]


def _computer(tool: Json, wish: str, context: list[Json], include: list[str], ids: Ids) -> list[Json]:
    result = {"id": ids.new("cu_"), "type": "computer_call", "status": "completed"}
    act: Json = {"action": {"type": "screenshot"}, "call_id": ids.new("call_"), "pending_safety_checks": []}
    return [result | act]


MAKERS: Mapping[str, Make] = {
    "file_search": _file_search,
    "code_interpreter": _code_interpreter,
    "image_generation": _image_generation,
    "mcp": _mcp,
    "shell": _shell,
    "local_shell": _local_shell,
    "apply_patch": _apply_patch,
}


EXAMPLES: Mapping[str, Json] = {
    "web_search_call": {"type": "web_search"},
    "file_search_call": {"type": "file_search"},
    "code_interpreter_call": {"type": "code_interpreter", "container": {}},
    "image_generation_call": {"type": "image_generation"},
    "mcp_list_tools": {"type": "mcp", "server_label": "example"},
    "mcp_approval_request": {"type": "mcp", "server_label": "example"},
    "mcp_call": {"type": "mcp", "server_label": "example", "require_approval": "never"},
    "shell_call": {"type": "shell"},
    "shell_call_output": {"type": "shell", "environment": {"type": "container_auto"}},
    "local_shell_call": {"type": "local_shell"},
    "apply_patch_call": {"type": "apply_patch"},
    "computer_call": {"type": "computer"},
}
"""Of each item of a hosted tool, a tool that leaves it."""


def example(kind: str, ids: Ids) -> Json:
    """An item of that type as a hosted tool leaves it; for other types what no request could bring."""
    if kind in EXAMPLES:
        return next(item for item in items(EXAMPLES[kind], "", [], [], ids) if item["type"] == kind)
    return {"encrypted_content": True} if kind == "compaction" else {}
