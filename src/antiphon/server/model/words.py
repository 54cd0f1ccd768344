"""Texts of the stand-in model, and the words in a request that it reacts to."""

from __future__ import annotations

import json
import re
from typing import Any

from antiphon.server.json_values import Json
from antiphon.server.model import tokens
from antiphon.server.model.smallest import smallest

ANSWER = "Hello from the reference server. Ça va ? 你好 👋"
OTHER_ANSWER = "Greetings from a model of another family. Ça va ? 你好 👋"
REFUSAL = "I cannot help with that."
LONG_TEXT = " ".join(str(number) for number in range(1, 241))
WANTS_LONG = re.compile(r"\b(long|count|essay|story|detailed?|\d{3,}|hundred|thousand|every|novel|poem|paragraphs?)\b")
WANTS_REFUSAL = re.compile(r"\bforbidden\b")
WANTS_ANNOUNCEMENT = re.compile(r"\bfirst (say|tell|write)\b")
ANNOUNCEMENT = "I begin."
WANTS_SEVERAL = re.compile(r"\b(each|both|two|all|parallel|twice|several)\b")


def answer(wish: str, format: Json) -> str:
    """The answer to what was asked, in the format that was asked for."""
    match format["type"]:
        case "json_schema":
            return dumps(smallest(format["schema"]))
        case "json_object":
            return dumps({"answer": "Hello"})
    return LONG_TEXT if WANTS_LONG.search(wish) else ANSWER


def wants_refusal(wish: str) -> bool:
    """Whether something is wished for that is refused."""
    return "forbidden" in wish and bool(WANTS_REFUSAL.search(wish))


def describe_images(given: list[Json]) -> str:
    """What images there are in the input."""
    parts = [part for item in given if item["type"] == "message" for part in item["content"]]
    images = [part for part in parts if part["type"] == "input_image"]
    if not images:
        return "I see no image."
    shown = [_image(str(part.get("image_url") or part.get("file_id") or "nothing")) for part in images]
    return f"I see {len(images)} image{'s' if len(images) > 1 else ''}: {', '.join(shown)}."


def _image(address: str) -> str:
    kind, comma, data = address.partition(";base64,")
    return f"{kind.removeprefix('data:')} of {len(data) * 3 // 4} bytes" if comma else address[:80]


def logprobs(text: str, top: int) -> list[Json]:
    """One entry for each token of a text."""

    def entry(piece: str, logprob: float) -> Json:
        return {"token": piece, "bytes": list(piece.encode("utf-8", "replace")), "logprob": logprob}

    return [
        {**entry(piece, -0.01), "top_logprobs": [entry(piece, -0.01 - rank) for rank in range(top)]}
        for piece in tokens.pieces(text)
    ]


def dumps(value: Any) -> str:
    """A value as compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
