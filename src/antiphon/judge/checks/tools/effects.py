"""Parameters that a server took and ignored: what they ask for is not shown, where it could be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.echo.request_fields import has_json_request, requested_value
from antiphon.judge.checks.items.common import final
from antiphon.judge.checks.tools.calls import CALL_OF, GATED
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import FINAL, ResponseObject
from antiphon.judge.values import MISSING, a_dict, a_list, among, is_count, objects, violation_at


def _is_completed_create(response: ResponseObject) -> bool:
    return has_json_request(response) and final(response) and response.status == "completed" and not response.is_emptied


def _forced(response: ResponseObject) -> str:
    """The type of the tool that the request forces; empty where it forces none, or a function."""
    kind = str(a_dict(requested_value(response, "tool_choice")).get("type"))
    return kind if kind in CALL_OF and kind != "function" and _is_completed_create(response) else ""


def _is_shown(response: ResponseObject, kind: str) -> bool:
    """An item shows the use of a tool; a remote one may ask for leave, or list its tools."""
    wanted = "mcp_" if kind == "mcp" else CALL_OF[kind]
    return any(str(item.get("type")).startswith(wanted) for item in response.output)


def _use(response: ResponseObject) -> Iterator[Violation]:
    kind = _forced(response)
    if not _is_shown(response, kind):
        kinds = ", ".join(str(item.get("type", MISSING)) for item in response.output) or "nothing"
        yield Violation(response.at("/output"), f"a use of {kind}, as tool_choice forces it", kinds)


@check(
    "tools.hosted-refused-or-run",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _forced(response) not in ("", "custom"),
)
def hosted_is_run(response: ResponseObject) -> Iterator[Violation]:
    """A hosted tool that is forced is run."""
    yield from _use(response)


@check(
    "tools.named-custom", subject=ResponseObject, sorts=FINAL, applies=lambda response: _forced(response) == "custom"
)
def custom_is_called(response: ResponseObject) -> Iterator[Violation]:
    """A custom tool that is forced is called."""
    yield from _use(response)


def _holders(response: ResponseObject, kind: str, steps: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Place and object of what can hold the last of some steps, in finished items of a type."""
    for number, item in enumerate(response.output):
        if item.get("type") != kind or item.get("status") not in (None, "completed"):
            continue
        at, inner = response.at(f"/output/{number}"), [item]
        for step in steps[:-1]:
            at, inner = f"{at}/{step}", [each for value in inner for each in _objects_of(value.get(step))]
        yield from ((at, value) for value in inner if _can_hold(value))


def _objects_of(value: Any) -> list[dict[str, Any]]:
    return [value] if isinstance(value, dict) else objects(value)


def _can_hold(value: Mapping[str, Any]) -> bool:
    """Not a text without letters, nor an action that finds no sources."""
    kind = value.get("type")
    return bool(value.get("text")) if kind == "output_text" else kind not in ("refusal", "open_page", "find_in_page")


def _included(response: ResponseObject) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Place, name and holder of each field that the request includes and the output could show."""
    return [
        (f"{at}/{steps[-1]}", steps[-1], holder)
        for name, (kind, *steps) in GATED.items()
        if name in a_list(requested_value(response, "include"))
        for at, holder in _holders(response, kind, steps)
    ]


@check(
    "create.include-refused-or-kept",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _is_completed_create(response) and bool(_included(response)),
)
def include_is_kept(response: ResponseObject) -> Iterator[Violation]:
    """What a request includes is in the items that can hold it."""
    for at, name, holder in _included(response):
        if not isinstance(holder.get(name), list) or (name == "logprobs" and not holder[name]):
            yield violation_at(at, "a list, as include names it", holder.get(name, MISSING))


def _tokens(response: ResponseObject) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (response.at(f"/output/{number}/content/{place}/logprobs/{token}"), entry)
        for number, item in enumerate(response.output)
        for place, part in enumerate(objects(item.get("content")))
        for token, entry in enumerate(objects(part.get("logprobs")))
    ]


@check(
    "create.top-logprobs-listed",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        _is_completed_create(response)
        and is_count(requested_value(response, "top_logprobs"))
        and response.sent["top_logprobs"] > 0
        and bool(_tokens(response))
    ),
)
def top_logprobs_listed(response: ResponseObject) -> Iterator[Violation]:
    """Each token lists alternatives, as many as top_logprobs at most."""
    most = response.sent["top_logprobs"]
    for at, entry in _tokens(response):
        listed = a_list(entry.get("top_logprobs"))
        if not 0 < len(listed) <= most:
            yield violation_at(f"{at}/top_logprobs", f"1 to {most} alternatives", listed)


def _in_namespaces(response: ResponseObject) -> dict[str, set[str]]:
    """The namespaces of each function that is offered in one alone."""
    tools = objects(requested_value(response, "tools"))
    plain = {str(tool.get("name")) for tool in tools if tool.get("type") != "namespace"}
    found: dict[str, set[str]] = {}
    for tool in tools:
        for inner in objects(tool.get("tools")) if tool.get("type") == "namespace" else ():
            if str(inner.get("name")) not in plain:
                found.setdefault(str(inner.get("name")), set()).add(str(tool.get("name")))
    return found


def _calls(response: ResponseObject) -> list[tuple[int, Mapping[str, Any]]]:
    kinds = ("function_call", "custom_tool_call")
    return [(number, item) for number, item in enumerate(response.output) if item.get("type") in kinds]


@check(
    "tools.call-names-namespace",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        has_json_request(response) and final(response) and bool(_in_namespaces(response)) and bool(_calls(response))
    ),
)
def call_names_namespace(response: ResponseObject) -> Iterator[Violation]:
    """A call of a function in a namespace says its name and, apart from it, its namespace."""
    offered = _in_namespaces(response)
    for number, item in _calls(response):
        name, space = str(item.get("name")), item.get("namespace", MISSING)
        joined = next((inner for inner, spaces in offered.items() if _is_joined(name, inner, spaces)), None)
        if name in offered and not among(space, offered[name]):
            expected = " or ".join(map(format_value, sorted(offered[name])))
            yield violation_at(response.at(f"/output/{number}/namespace"), expected, space)
        elif joined is not None:
            yield violation_at(response.at(f"/output/{number}/name"), f"{joined!r}, and its namespace apart", name)


def _is_joined(name: str, inner: str, spaces: set[str]) -> bool:
    return any(name != inner and name.startswith(space) and name.endswith(inner) for space in spaces)
