"""Valid parts of a create that few clients send: what only the newest documents know, images and files."""

from __future__ import annotations

from typing import Any

from antiphon.suite import prerequisites
from antiphon.suite.parts import Part

PAGE = (
    "data:application/pdf;base64,JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+ZW5kb2JqCjIgMCBvYmo8PC9UeX"
    "BlL1BhZ2VzL0tpZHNbMyAwIFJdL0NvdW50IDE+PmVuZG9iagozIDAgb2JqPDwvVHlwZS9QYWdlL1BhcmVudCAyIDAgUi9NZWRpYUJveFswIDAgNzIg"
    "NzJdPj5lbmRvYmoKeHJlZgowIDQKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDA5IDAwMDAwIG4gCjAwMDAwMDAwNTIgMDAwMDAgbiAKMDAwMDAw"
    "MDEwMSAwMDAwMCBuIAp0cmFpbGVyPDwvU2l6ZSA0L1Jvb3QgMSAwIFI+PgpzdGFydHhyZWYKMTYyCiUlRU9GCg=="
)
"""A PDF of one empty page."""
SAID: dict[str, Any] = {"type": "output_text", "text": "Hi.", "annotations": [], "logprobs": []}


def message_with(part: dict[str, Any]) -> dict[str, Any]:
    """A message of the user with a part beside its text."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Look."}, part]}


def assistant_message(content: Any, **more: Any) -> dict[str, Any]:
    """A message of the assistant, as clients send it back."""
    return {"type": "message", "role": "assistant", "content": content, **more}


RARE = (
    Part("create.accepts.penalties", {"frequency_penalty": 0, "presence_penalty": 0}, by_model=True),
    Part("create.accepts.prompt-cache-retention", {"prompt_cache_retention": "24h"}, by_model=True),
    Part("create.accepts.prompt-cache-options", {"prompt_cache_options": {"mode": "implicit"}}, by_model=True),
    Part("create.accepts.service-tier", {"service_tier": "default"}),
    Part("create.accepts.moderation", {"moderation": {"model": "omni-moderation-latest"}}, by_model=True),
    Part("create.accepts.access-programs", {"access_programs": {"cyber": "standard"}}, by_model=True),
    Part("create.accepts.image-settings", {"image": {"context_compression": "auto"}}, by_model=True),
    Part("create.accepts.nested-nulls", {"text": {"verbosity": None}}),
    Part("create.accepts.nested-nulls", {"reasoning": {"effort": None}}, by_model=True),
    Part("create.accepts.nested-nulls", {"reasoning": {"summary": None}}, by_model=True),
    Part("create.accepts.nested-nulls", items=(assistant_message([SAID], phase=None),)),
    Part("create.accepts.rare-nulls", {"frequency_penalty": None}),
    Part("create.accepts.rare-nulls", {"presence_penalty": None}),
    Part("create.accepts.phase", items=(assistant_message([SAID], phase="final_answer"),)),
    Part(
        "create.accepts.refusal-part",
        items=(assistant_message([{"type": "refusal", "refusal": "I would rather not."}]),),
    ),
    Part(
        "create.accepts.image",
        items=(message_with({"type": "input_image", "image_url": prerequisites.PIXEL, "detail": "low"}),),
        by_model=True,
    ),
    Part(
        "create.accepts.file",
        items=(message_with({"type": "input_file", "filename": "page.pdf", "file_data": PAGE}),),
        by_model=True,
    ),
)
