"""Generation of requests from the schemas of an operation: valid ones, and invalid ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from antiphon.exercise.http.request import texts
from antiphon.generated.operations import Operation, fits, keyless_document, operations
from antiphon.generated.reproducible import make_reproducible
from antiphon.recording.exchange import Request

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

ANSWER = 16
"""Tokens that an answer to a generated request may have."""
ELSEWHERE = "https://antiphon.invalid/nothing"
"""Stands for every address in a request: what is generated is not to reach anyone."""
_LIMITS = {"create": "max_output_tokens", "chat.create": "max_completion_tokens"}
JSON = (("content-type", "application/json"),)


@cache
def _schema(edition: str) -> Any:
    import schemathesis

    return schemathesis.openapi.from_dict(keyless_document(edition))


def generate_requests(edition: str, name: str, valid: bool, model: str) -> SearchStrategy[Request]:
    """Valid or invalid requests to an operation; `{response_id}` and the like stand for objects created before."""
    from hypothesis import strategies
    from schemathesis.generation import GenerationMode

    operation = operations(edition)[name]
    mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
    cases = _schema(edition)[operation.path][operation.method].as_strategy(generation_mode=mode)
    shaping = _RequestShaper(edition, operation, valid, model)
    return strategies.tuples(cases, strategies.booleans()).map(shaping).filter(shaping.is_wanted)


class _RequestShaper:
    """Turns generated data into a request that is cheap and reaches no third party."""

    def __init__(self, edition: str, operation: Operation, valid: bool, model: str) -> None:
        self.edition, self.operation, self.valid, self.model = edition, operation, valid, model

    def is_wanted(self, request: Request) -> bool:
        return fits(self.edition, self.operation, request, strict=self.valid) is self.valid

    def __call__(self, drawn: tuple[Any, bool]) -> Request:
        case, made = drawn
        operation = self.operation
        query = tuple(
            (name, text) for name, value in (case.query or {}).items() if name in operation.parameters
            for text in texts(value)
        )  # fmt: skip
        path = operation.path
        if not made and self.valid:
            path = path.format_map(_Unknown(case.path_parameters or {}))
        request = Request(operation.method, path, query)
        return replace(request, **self._body(case.body, made)) if operation.body is not None else request

    def _body(self, body: Any, has_prerequisites: bool) -> dict[str, Any]:
        if type(body).__name__ == "NotSet":
            return {}
        if isinstance(body, bytes):
            return {"content": body, "headers": JSON}
        if body is None:
            return {"content": b"null", "headers": JSON}
        if isinstance(body, dict):
            body = _elsewhere(body)
            body = self._continuing(self._cheap(body), has_prerequisites)
        return {"body": body}

    def _cheap(self, body: dict[str, Any]) -> dict[str, Any]:
        """Names the target's model and bounds the answer, unless just that was made wrong."""
        if isinstance(body.get("model"), str) or (self.valid and "model" in self._known):
            body = {**body, "model": self.model}
        limit = _LIMITS.get(self.operation.name, "")
        if limit and (self.valid or body.get(limit) is None or _is_count(body[limit])):
            body = {**body, limit: ANSWER}
        if "n" in body and _is_count(body["n"]):
            body = {**body, "n": min(body["n"], 2)}
        return body

    def _continuing(self, body: dict[str, Any], has_prerequisites: bool) -> dict[str, Any]:
        """What is named is what was made, or, in a request that does not fit, left as it is."""
        if not (self.valid and has_prerequisites):
            return body
        kept = {name: value for name, value in body.items() if name not in ("conversation", "prompt")}
        return kept | ({"previous_response_id": "{response_id}"} if "previous_response_id" in kept else {})

    @property
    def _known(self) -> Mapping[str, Any]:
        return {"model": str} if self.operation.name in ("create", "compact", "input_tokens", "chat.create") else {}


class _Unknown(dict[str, Any]):
    """Ids that a server has never given out; such as cannot stand in a path are left out."""

    def __missing__(self, name: str) -> str:
        return "unknown"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _elsewhere(value: Any) -> Any:
    if isinstance(value, list):
        return [_elsewhere(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: ELSEWHERE if name.endswith("url") and isinstance(each, str) else _elsewhere(each)
            for name, each in value.items()}  # fmt: skip


def examples(strategy: SearchStrategy[Request], count: int, seed: int) -> list[Request]:
    """The first requests that a seed gives, each once."""
    found: dict[str, Request] = {}

    def keep(request: Request) -> bool:
        found.setdefault(repr(request), request)
        return False

    search(strategy, keep, count, seed)
    return list(found.values())


def search(
    strategy: SearchStrategy[Request], matches: Callable[[Request], bool], count: int, seed: int
) -> Request | None:
    """The smallest request found for which `wanted` holds, among so many and what they shrink to."""
    from hypothesis import HealthCheck, Phase, Verbosity, find, settings
    from hypothesis.errors import HypothesisException, Unsatisfiable

    make_reproducible()
    chosen = settings(
        max_examples=max(count, 1), database=None, deadline=None, derandomize=False, verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        return find(strategy, matches, settings=chosen, random=Random(seed))
    except (Unsatisfiable, HypothesisException):
        return None
