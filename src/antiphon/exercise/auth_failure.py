"""Authentication failure: a target that refused everything for the key or the model is misconfigured, not faulty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange

LOCKED_OUT = 5
"""Number of replies that are all refusals of the key, after which nothing else is expected."""


class Lockout:
    """Sees the replies of a run, and whether all of them, so many that no more are needed, refuse the key."""

    def __init__(self) -> None:
        self._refused = 0
        self._is_inside = False

    def add(self, exchange: Exchange) -> None:
        """Count one exchange; one without a reply proves nothing."""
        if exchange.status in (401, 403):
            self._refused += 1
        elif exchange.status is not None:
            self._is_inside = True

    @property
    def is_certain(self) -> bool:
        return not self._is_inside and self._refused >= LOCKED_OUT


def auth_failure(exchanges: Iterable[Exchange], target: Target) -> str:
    """One sentence with the cure where most calls were refused for the key or for the model, and none went well."""
    # Some requests are wrong on purpose and may be refused for that first, so most is enough.
    answered = [each for each in exchanges if each.status is not None]
    refused = [each for each in answered if each.status in (401, 403)]
    if 2 * len(refused) > len(answered) and not any(each.is_success for each in answered):
        key = f"the key in {target.api_key_env}" if target.api_key else f"calls without a key in {target.api_key_env}"
        said = f"{target.base_url} refuses {key} ({refused[0].status})"
        return f"{said}; set the variable to a key of this server, or name another with --api-key-env."
    if answered and all(each.status in (404, 405) for each in answered):
        said = f"{target.base_url} has nothing at any requested path ({answered[0].status})"
        return f"{said}; give the base URL with the part before /responses, which mostly ends in /v1."
    creates = [each for each in answered if isinstance(each.sent, dict) and each.sent.get("model") == target.model]
    creates = [each for each in creates if each.request and each.request.path == "/responses"]
    unknown = [each for each in creates if _names_model(each, target.model)]
    if 2 * len(unknown) > len(creates) and not any(each.is_success for each in creates):
        said = f"{target.base_url} does not know the model {target.model!r} ({unknown[0].status})"
        return f"{said}; give --model one that it has."
    return ""


def _names_model(exchange: Exchange, model: str) -> bool:
    body = exchange.body
    error: Any = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return False
    if error.get("param") == "model" or error.get("code") == "model_not_found":
        return True
    message = str(error.get("message", "")).lower()
    return model.lower() in message and "model" in message
