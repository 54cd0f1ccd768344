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
    """What the tools said whose outputs stand behind the last message of the user; None where there are none."""
    stream: bool
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    """The whole request, as it was sent."""


def request_view(
    api: str, body: Mapping[str, Any], context: list[Json], tools: Iterable[Json], headers: Mapping[str, str]
) -> RequestView:
    """A request whose context has been resolved."""
    places = [place for place, item in enumerate(context) if item.get("role") == "user"]
    users = [context[place] for place in places]
    leading = [text_of(item.get("content")) for item in context if item.get("role") in ("system", "developer")]
    outputs = [item for item in context[places[-1] + 1 if places else 0 :] if item["type"].endswith("_output")]
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
        body,
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
