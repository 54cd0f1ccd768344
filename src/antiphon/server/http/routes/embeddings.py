"""Embeddings of texts."""

from __future__ import annotations

import base64
from array import array
from typing import Any

from starlette.requests import Request

from antiphon.server.errors import ApiError, missing_parameter, model_not_found, wrong_type, wrong_value
from antiphon.server.http.request_body import read_body
from antiphon.server.json_values import Json
from antiphon.server.model import tokens
from antiphon.server.model.embeddings import embed
from antiphon.server.state.service import Service

DIMENSIONS = 256
MOST_DIMENSIONS = 4_096
MOST_TEXTS = 2_048
KNOWN = "text-embedding-"
"""How the names of models begin that are taken beside those that are served."""


async def create(request: Request, service: Service) -> Json:
    """A vector for each text."""
    body = await read_body(request)
    model = body.get("model")
    if not isinstance(model, str):
        raise missing_parameter("model") if model is None else wrong_type("model", "a string", model)
    if model not in service.models and not model.startswith(KNOWN):
        raise model_not_found(model, status=404)
    texts = _texts(body)
    dimensions = _dimensions(body.get("dimensions"))
    form = body.get("encoding_format") or "float"
    if form not in ("float", "base64"):
        raise wrong_value("encoding_format", form, "'float', 'base64'")
    vectors = (embed(text, dimensions) for text in texts)
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if form == "base64" else vector}
        for index, vector in enumerate(vectors)
    ]
    used = sum(tokens.count(text) for text in texts)
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": used, "total_tokens": used}}


def _texts(body: Json) -> list[str]:
    """The texts to embed; a list of tokens is as good as a text that no other is like."""
    given = body.get("input")
    if given is None or given in ("", []):
        raise missing_parameter("input")
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list) or len(given) > MOST_TEXTS:
        raise wrong_type("input", f"a string or a list of at most {MOST_TEXTS}", given)
    if all(isinstance(value, int) for value in given):
        return [" ".join(map(str, given))]
    if not all(isinstance(value, str | list) and value for value in given):
        raise ApiError("Invalid 'input': expected texts or lists of tokens.", param="input", code="invalid_type")
    return [value if isinstance(value, str) else " ".join(map(str, value)) for value in given]


def _dimensions(given: Any) -> int:
    if given is None:
        return DIMENSIONS
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MOST_DIMENSIONS:
        message = f"Invalid 'dimensions': expected an integer from 1 to {MOST_DIMENSIONS}."
        raise ApiError(message, param="dimensions", code="invalid_value")
    return given


def _packed(vector: list[float]) -> str:
    return base64.b64encode(array("f", vector).tobytes()).decode()
