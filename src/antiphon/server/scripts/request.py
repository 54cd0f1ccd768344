"""View of a request that a script matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.server.json_values import Json


@dataclass(frozen=True, slots=True)
class RequestView:
    """Request as a script sees it, whichever way it came."""

    api: str
    model: str
    instructions: str
    text: str
    """The last message of the user."""
    turn: int
    tools: frozenset[str]
    output: str | None
    """What the tools said whose outputs the request brings; None where it brings none."""
    stream: bool
    headers: Mapping[str, str]


def request_view(
    api: str, body: Mapping[str, Any], context: list[Json], given: list[Json], tools: Iterable[Json],
    headers: Mapping[str, str],
) -> RequestView:  # fmt: skip
    """A request whose context has been resolved; `given` is what it brought itself."""
    users = [item for item in context if item.get("role") == "user"]
    leading = [text_of(item.get("content")) for item in context if item.get("role") in ("system", "developer")]
    outputs = [item for item in given if item["type"].endswith("_output")]
    return RequestView(
        api,
        str(body.get("model") or ""),
        "\n".join([str(body.get("instructions") or ""), *leading]),
        text_of(users[-1].get("content")) if users else "",
        len(users),
        frozenset(_names(tools)),
        "\n".join(text_of(item.get("output")) for item in outputs) if outputs else None,
        bool(body.get("stream")),
        headers,
    )


def _names(tools: Iterable[Json]) -> Iterable[str]:
    for tool in tools:
        yield tool["type"]
        yield str(tool.get("name") or tool.get("server_label") or tool["type"])
        yield from _names(tool.get("tools") or () if tool["type"] == "namespace" else ())


def text_of(content: Any) -> str:
    """The words of a content or an output, whatever its form."""
    match content:
        case str():
            return content
        case list():
            return "\n".join(filter(None, map(text_of, content)))
        case dict():
            return text_of(content.get("text") or content.get("stdout") or content.get("refusal"))
    return ""
