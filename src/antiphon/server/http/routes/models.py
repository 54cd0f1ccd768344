"""The models that are served."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.errors import model_not_found
from antiphon.server.json_values import Json
from antiphon.server.state.service import Service

MADE = 1_785_542_400
"""2026-08-01, the day in the names of the snapshots."""


def model_object(name: str, owner: str) -> Json:
    """A model as the API shows it."""
    return {"id": name, "object": "model", "created": MADE, "owned_by": owner}


async def list_all(request: Request, service: Service) -> Any:
    """Every model, by its short and by its dated name."""
    return {
        "object": "list",
        "data": [model_object(name, model.owner) for name, model in sorted(service.models.items())],
    }


async def get(request: Request, service: Service) -> Any:
    """One model."""
    name = request.path_params["model"]
    if name not in service.models:
        raise model_not_found(name, status=404, param="model")
    return model_object(name, service.models[name].owner)
