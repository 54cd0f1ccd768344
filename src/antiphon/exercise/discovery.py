"""Discovery of what nobody said of a target: where its API begins, its model, and whether it asks for a key.

None of the requests is answered by a model, so nothing of it costs anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from antiphon.contract.missing_routes import NO_ROUTE
from antiphon.errors import ConfigError, Unreachable
from antiphon.exercise.http.failures import redirect_words
from antiphon.exercise.runner import transport_to
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange, Request

Choose = Callable[[Sequence[str]], str]
"""Asks a user which of several models is meant."""
ROUTES = ("/responses", "/chat/completions")
USUAL_PATHS = ("/v1", "", "/api/v1", "/openai/v1")
"""Where an API begins, after an address without a path; the first also after one with another path."""
_ASKS_FOR_KEY = (401, 403)
_NO_CHAT = re.compile(r"embed|whisper|tts|rerank|moderation|dall-e|image|transcribe|realtime|audio|sora", re.IGNORECASE)
"""In the names of models that answer with something else than text."""

_MODEL = re.compile(r"\bmodel\b", re.IGNORECASE)


@dataclass(frozen=True)
class Discovery:
    """A target with what was found out, and a remark on each finding."""

    target: Target
    remarks: tuple[str, ...]
    models: tuple[str, ...] = ()
    """Those that the server lists."""


@dataclass(frozen=True)
class _Look:
    """The replies of one base URL to requests that are free."""

    target: Target
    models: Exchange
    routes: tuple[Exchange, ...]

    @property
    def has_api(self) -> bool:
        """One of the routes of a create is there."""
        return any(shows_route(exchange) for exchange in self.routes)

    @property
    def lists_models(self) -> bool:
        """It lists some."""
        return bool(listed_models(self.models))

    @property
    def asks_for_key(self) -> bool:
        return any(exchange.status in _ASKS_FOR_KEY for exchange in (self.models, *self.routes))


def is_needed(target: Target) -> bool:
    """Something of a target is left to be found out."""
    return bool(target.assumed)


async def discover(target: Target, choose: Choose | None = None) -> Discovery:
    """Complete a target. `choose` is asked where the server lists several models.

    Raises Unreachable where nothing answers, and ConfigError where no base URL shows the API, or a key is missing.
    """
    look = await _find_api(replace(target, api_key_env="") if "api_key_env" in target.assumed else target)
    remarks = [f"API at {look.target.base_url}"]
    if "api_key_env" in target.assumed:
        look, remark = await _with_key_if_asked(look, target)
        remarks.append(remark)
    models = listed_models(look.models)
    found = look.target
    if "model" in target.assumed:
        found, remark = _with_model(found, models, choose)
        remarks.append(remark)
    return Discovery(found, tuple(remarks), models)


async def _look_at(target: Target) -> _Look:
    async with transport_to(target) as transport:
        models = await transport.send(Request("GET", "/models"), id="discovery/models")
        routes = [await transport.send(Request("POST", path, body={}), id=f"discovery{path}") for path in ROUTES]
    return _Look(target, models, tuple(routes))


def _places(target: Target) -> list[str]:
    """Base URLs that an address may mean, the likeliest first."""
    base = target.base_url
    if "base_url" in target.assumed:
        return [base + path for path in USUAL_PATHS]
    return [base, base + USUAL_PATHS[0]] if "version" in target.assumed else [base]


async def _find_api(target: Target) -> _Look:
    places, given = _places(target), "base_url" not in target.assumed
    looks = list[_Look]()
    for place in places:
        looks.append(await _look_at(replace(target, base_url=place)))
        if looks[-1].has_api:
            return looks[-1]
        if looks[-1].lists_models:
            break  # the API begins here, and has no create
    failures = [exchange.failure for look in looks for exchange in (look.models, *look.routes)]
    if failures[0] and all(failures):
        raise Unreachable(f"{target.base_url} does not answer: {failures[0].message}")
    if given:
        return looks[0]  # the run itself says what is wrong with an address that was given whole
    for look in looks:
        if 300 <= (look.routes[0].status or 0) < 400:
            where = f"{look.target.base_url}{ROUTES[0]}"
            raise ConfigError(f"No API found: {where} is redirected: {redirect_words(look.routes[0])}")
    raise ConfigError(_no_api(looks))


def _no_api(looks: Sequence[_Look]) -> str:
    last = looks[-1]
    if last.lists_models:
        statuses = " and ".join(
            f"{_status_words(each)} at {path}" for path, each in zip(ROUTES, last.routes, strict=True)
        )
        return f"No Responses API: {last.target.base_url} lists models, and has no route of a create ({statuses})."
    tried = " nor ".join(f"{look.target.base_url}{ROUTES[0]}" for look in looks)
    statuses = " and ".join(dict.fromkeys(_status_words(look.routes[0]) for look in looks))
    return f"No API found: neither {tried} is a route ({statuses}); give the base URL with its path."


async def _with_key_if_asked(look: _Look, asked: Target) -> tuple[_Look, str]:
    """The key of the environment is sent only to a server that wants one."""
    variable = asked.api_key_env
    if not look.asks_for_key:
        return look, "no key"
    if not asked.api_key:
        raise ConfigError(
            f"{look.target.base_url} asks for a key, and {variable} is not set; set it, or name another variable with "
            "--api-key-env."
        )
    keyed = await _find_api(asked)  # where a key is checked before the route, the route shows only now
    return keyed, f"the key in {variable}"


def _with_model(target: Target, models: Sequence[str], choose: Choose | None) -> tuple[Target, str]:
    """The model that was assumed where the server lists it or lists none, else one that it lists."""
    if not models:
        return target, f"model {target.model}, as none is listed (--model)"
    if target.model in models:
        return target, f"model {target.model}"
    fitting = [name for name in models if not _NO_CHAT.search(name)] or list(models)
    model = choose(fitting) if choose and len(fitting) > 1 else fitting[0]
    if choose and len(fitting) > 1:
        return replace(target, model=model), f"model {model}, as chosen"
    count = "the only one" if len(models) == 1 else f"{'first' if model == models[0] else 'one'} of {len(models)}"
    return replace(target, model=model), f"model {model}, {count} (--model)"


def listed_models(exchange: Exchange) -> tuple[str, ...]:
    """The names in a list of models; none where a reply is no such list."""
    data = exchange.body.get("data") if isinstance(exchange.body, dict) else None
    names = [entry.get("id") for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    return tuple(name for name in names if isinstance(name, str) and name)


def _status_words(exchange: Exchange) -> str:
    page = exchange.response is not None and exchange.response.media_type == "text/html"
    return f"{exchange.status}{' with a web page' if page else ''}"


def shows_route(exchange: Exchange) -> bool:
    """A reply to an empty create that is not that of a missing route, a redirection, or a page.

    Some servers answer 404 where no model is named that they have; what speaks of the model is a route.
    """
    if exchange.failure or exchange.status is None or 300 <= exchange.status < 400:
        return False
    if exchange.response and exchange.response.media_type == "text/html":
        return False
    return exchange.status not in NO_ROUTE or _speaks_of_model(exchange)


def _speaks_of_model(exchange: Exchange) -> bool:
    body = exchange.body if isinstance(exchange.body, dict) else {}
    error = body.get("error", body)
    if not isinstance(error, dict):
        return bool(_MODEL.search(str(error)))
    if error.get("code") == "model_not_found" or error.get("param") == "model":
        return True
    return bool(_MODEL.search(str(error.get("message", error.get("detail")))))
