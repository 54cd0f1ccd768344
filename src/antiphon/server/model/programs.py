"""Items before calls: a search for tools that are not loaded yet, a program that makes the calls, its output."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from antiphon.server.ids import Ids
from antiphon.server.json_values import Json
from antiphon.server.model.choice import callable_tools


def has_tool_output(given: list[Json]) -> bool:
    """Whether a request brings what a tool said, so that nothing further is to be called unless it must."""
    return any(item["type"].endswith("_output") for item in given)


def preceding_items(response: Json, calls: list[Json], context: list[Json], given: list[Json], ids: Ids) -> list[Json]:
    """The items that come before the calls."""
    offered = {tool["type"]: tool for tool in response["tools"]}
    leading: list[Json] = []
    running = _running(context)
    if running and has_tool_output(given):
        leading.append(_output(running, given, ids))
    if "tool_search" in offered:
        leading += _search(offered["tool_search"], response["tools"], calls, context, ids)
    if "programmatic_tool_calling" in offered and not stops(leading):
        leading += _program(response["tool_choice"], calls, ids)
    return leading


def stops(items: Iterable[Json]) -> bool:
    """Whether the client has to look for tools before anything is called."""
    return any(item["type"] == "tool_search_call" and item["execution"] == "client" for item in items)


def caller(items: list[Json]) -> Json | None:
    """Who makes the calls that follow these items, where that is a program."""
    own = [item for item in items if item["type"] == "program"]
    return {"type": "program", "caller_id": own[-1]["call_id"]} if own else None


def _search(tool: Json, offered: list[Json], calls: list[Json], context: list[Json], ids: Ids) -> list[Json]:
    """The search for what is to be called and was not loaded."""
    found = [each for item in context if item["type"] == "tool_search_output" for each in item["tools"]]
    loaded = {_name(each) for each in callable_tools(found)}
    wanted = [each for each in calls if each.get("defer_loading") and _name(each) not in loaded]
    if not wanted:
        return []
    execution = tool.get("execution") or "server"
    call_id = ids.new("call_") if execution == "client" else None
    common: Json = {"call_id": call_id, "execution": execution, "status": "completed"}
    paths = list(dict.fromkeys(map(_name, wanted)))
    call = {"id": ids.new("tsc_"), "type": "tool_search_call", **common, "arguments": {"paths": paths}}
    if execution == "client":
        return [call]
    tools = [each for each in offered if any(_name(inner) in paths for inner in callable_tools([each]))]
    return [call, {"id": ids.new("tso_"), "type": "tool_search_output", **common, "tools": tools}]


def _name(tool: Json) -> str:
    return ".".join(str(tool[key]) for key in ("namespace", "name") if tool.get(key))


def _program(choice: Any, calls: list[Json], ids: Ids) -> list[Json]:
    """The program that makes the calls which programs may make."""
    forced = isinstance(choice, dict) and choice.get("type") == "programmatic_tool_calling"
    able = [tool for tool in calls if "programmatic" in (tool.get("allowed_callers") or ())]
    if not able and not forced:
        return []
    code = "\n".join(f"await tools.{tool['name']}({{}});" for tool in able if "name" in tool) or "text('hello');"
    program = {"id": ids.new("cm_"), "type": "program", "call_id": ids.new("call_"), "code": code}
    program["fingerprint"] = sha256(code.encode()).hexdigest()
    if able:
        return [program]
    return [program, _finished(program, "hello", ids)]


def _running(context: list[Json]) -> Json | None:
    """The program whose output is still awaited."""
    ended = {item["call_id"] for item in context if item["type"] == "program_output"}
    own = [item for item in context if item["type"] == "program" and item["call_id"] not in ended]
    return own[-1] if own else None


def _output(program: Json, given: list[Json], ids: Ids) -> Json:
    said = [item.get("output") for item in given if item["type"].endswith("_output")]
    return _finished(program, "\n".join(text if isinstance(text, str) else "…" for text in said), ids)


def _finished(program: Json, result: str, ids: Ids) -> Json:
    more = {"call_id": program["call_id"], "result": result, "status": "completed"}
    return {"id": ids.new("cmo_"), "type": "program_output", **more}
