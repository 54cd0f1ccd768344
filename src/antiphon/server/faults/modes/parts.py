"""Parts of messages."""

from __future__ import annotations

from antiphon.server.json_values import Json


def first_part(item: Json) -> Json:
    """A message with its first part alone."""
    content = item.get("content")
    return {**item, "content": content[:1]} if isinstance(content, list) else item
