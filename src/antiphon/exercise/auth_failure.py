"""Authentication failure: a target that refused everything for the key or the model is misconfigured, not faulty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from antiphon.exercise.call_evidence import CallEvidence
from antiphon.exercise.http.failures import redirect_words
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange

LOCKED_OUT = 5
"""Number of replies that are all refusals of the key, after which nothing else is expected."""
UNROUTED = (404, 405)
HANDSHAKE = ("GET", "/responses")
"""Method and path of a WebSocket that was not opened."""


class Lockout:
    """Sees the replies of a run, and whether all of them, so many that no more are needed, refuse the key."""

    def __init__(self) -> None:
        self._refused = 0
        self._is_inside = False

    def add(self, exchange: Exchange) -> None:
        """Count one exchange; one without a reply proves nothing."""
        if _is_keyless(exchange):
            return
        if exchange.status in (401, 403):
            self._refused += 1
        elif exchange.status is not None:
            self._is_inside = True

    @property
    def is_certain(self) -> bool:
        """Enough calls were refused, and none was taken."""
        return not self._is_inside and self._refused >= LOCKED_OUT


def auth_failure(exchanges: Iterable[Exchange], target: Target) -> str:
    """One sentence with the cure where most calls were refused for one such reason, and none went well."""
    # Some requests are wrong on purpose and may be refused for that first, so most is enough.
    answered = [each for each in exchanges if each.status is not None and not _is_keyless(each)]
    return _wrong_key(answered, target) or _wrong_model(answered, target) or _wrong_address(answered, target)


def _is_keyless(exchange: Exchange) -> bool:
    """The reply says nothing of the key.

    A WebSocket without a route is answered with 403 by ASGI servers, and a preflight carries no key.
    """
    request = exchange.request
    return request is not None and (request.method == "OPTIONS" or (request.method, request.path) == HANDSHAKE)


def _wrong_key(answered: Sequence[Exchange], target: Target) -> str:
    refused = [each for each in answered if each.status in (401, 403)]
    if 2 * len(refused) <= len(answered) or any(each.is_success for each in answered):
        return ""
    status, variable = refused[0].status, target.api_key_env
    if not variable:
        return f"{target.base_url} refuses calls without a key ({status}); name a variable with one by --api-key-env."
    key = f"the key in {variable}" if target.api_key else f"calls without a key in {variable}"
    reason = f"{target.base_url} refuses {key} ({status})"
    return f"{reason}; set the variable to a key of this server, or name another with --api-key-env."


def _wrong_address(answered: Sequence[Exchange], target: Target) -> str:
    """Nothing stands at the address, or something else does; what any server has is its route for creates."""
    if any(each.is_success and not _is_page(each) for each in answered):
        return ""
    calls = [each for each in answered if each.request and each.request.path == "/responses"]
    unrouted = [
        each for each in calls if each.status in UNROUTED and not CallEvidence(each, "create").is_about_the_request
    ]
    if 2 * len(unrouted) > len(calls):
        reason = f"{target.base_url} has nothing at any requested path ({unrouted[0].status})"
        return f"{reason}; give the base URL with the part before /responses, which mostly ends in /v1."
    redirected = [each for each in calls if 300 <= (each.status or 0) < 400]
    if 2 * len(redirected) > len(calls):
        return f"{target.base_url} redirects every call: {redirect_words(redirected[0])}"
    pages = [each for each in calls if _is_page(each)]
    if 2 * len(pages) > len(calls):
        reason = f"{target.base_url} answers with web pages ({pages[0].status}, text/html)"
        return f"{reason}; give the base URL of the API, which mostly ends in /v1."
    return ""


def _is_page(exchange: Exchange) -> bool:
    """A web page, and none by which a gateway says that the server behind it is down."""
    response = exchange.response
    return response is not None and response.media_type == "text/html" and (response.status or 0) <= 501


def _wrong_model(answered: Sequence[Exchange], target: Target) -> str:
    creates = [each for each in answered if isinstance(each.sent, dict) and each.sent.get("model") == target.model]
    creates = [each for each in creates if each.request and each.request.path == "/responses"]
    unknown = [each for each in creates if _names_model(each, target.model)]
    if 2 * len(unknown) <= len(creates) or any(each.is_success for each in creates):
        return ""
    reason = f"{target.base_url} does not know the model {target.model!r} ({unknown[0].status})"
    return f"{reason}; give --model one that it has, or run `antiphon run {target.base_url}`, which finds one."


def _names_model(exchange: Exchange, model: str) -> bool:
    """A refusal says that there is no such model; gateways name the model in any error of what is behind them."""
    body = exchange.body
    error: Any = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return False
    if error.get("code") == "model_not_found":
        return True
    if not exchange.is_client_error:
        return False
    if error.get("param") == "model":
        return True
    message = str(error.get("message", "")).lower()
    return model.lower() in message and "model" in message
