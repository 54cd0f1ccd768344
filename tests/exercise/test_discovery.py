"""What nobody said of a target is found out for nothing: its path, its model, and whether it asks for a key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from antiphon.cli.options.discovery import completed_target, with_guesses
from antiphon.config import target
from antiphon.errors import ConfigError, Unreachable
from antiphon.exercise.discovery import Discovery, discover, is_needed
from antiphon.exercise.event_loop import run
from antiphon.exercise.target import Target

REFUSED = {"error": {"message": "model is missing", "type": "invalid_request_error"}}


@dataclass
class Seen:
    """A server that has the routes it is given, below a prefix."""

    prefix: str = "/v1"
    models: Sequence[str] | None = ("first", "second")
    key: str = ""
    routes: Sequence[str] = ("/responses",)
    missing_model: Mapping[str, Any] | None = None
    """The body of a 404 for a create that names no model that there is."""
    asks_first: bool = False
    """The key is asked for before the route is looked up."""
    address: str = ""
    keys: list[str | None] = field(default_factory=list)
    """What stood in Authorization, for each request."""

    def answer(self, path: str, key: str | None) -> tuple[int, Mapping[str, Any]]:
        """Status and body of the reply to a request."""
        self.keys.append(key)
        known = path in [self.prefix + route for route in (*self.routes, "/models")]
        if self.key and key != f"Bearer {self.key}" and (known or self.asks_first):
            return 401, {"error": {"message": "no key"}}
        if not known:
            return 404, {"detail": "Not Found"}
        if path.endswith("/models"):
            return (200, {"data": [{"id": name} for name in self.models]}) if self.models is not None else (404, {})
        return (404, self.missing_model) if self.missing_model else (400, REFUSED)


@contextmanager
def serving(seen: Seen) -> Iterator[Seen]:
    """The server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = seen.answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    seen.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()


def found(seen: Seen, path: str = "", **settings: Any) -> Discovery:
    """What is found out of the server, given its address and a path."""
    with serving(seen):
        return run(discover, addressed(seen.address + path, **settings))


def addressed(address: str, **settings: Any) -> Target:
    """The target that an address and some settings make."""
    return with_guesses(target({"base_url": address, **settings}), settings)


@pytest.mark.parametrize("prefix", ["/v1", "", "/api/v1", "/openai/v1"])
def test_the_path_is_found_and_the_first_model_taken(prefix: str) -> None:
    seen = Seen(prefix)
    made = found(seen)

    assert made.target.base_url == seen.address + prefix
    assert made.target.model == "first"
    assert "model first, first of 2 (--model)" in made.remarks


def test_a_model_that_answers_no_text_is_passed_over() -> None:
    assert found(Seen(models=("text-embedding-3", "whisper-1", "qwen"))).target.model == "qwen"


def test_what_is_found_is_said_in_one_line_of_the_narrowest_screen(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Seen(models=("antiphon-1", "other"))) as seen:
        completed_target(addressed(seen.address))
    with serving(Seen(models=("a-model-of-a-name-that-fills-half-of-a-line", "other"))) as second:
        completed_target(addressed(second.address))

    assert capsys.readouterr().err.splitlines() == [
        f"API at {seen.address}/v1; no key; model antiphon-1, first of 2 (--model)",
        f"API at {second.address}/v1",
        "  no key",
        "  model a-model-of-a-name-that-fills-half-of-a-line, first of 2 (--model)",
    ]


def test_a_user_who_is_asked_chooses() -> None:
    with serving(Seen()) as seen:
        made = run(discover, addressed(seen.address), lambda models: models[-1])

    assert made.target.model == "second"


def test_what_was_said_stays() -> None:
    made = found(Seen(), "/v1", model="mine", api_key_env="MY_KEY")

    assert (made.target.model, made.target.api_key_env) == ("mine", "MY_KEY")
    assert not is_needed(addressed("http://127.0.0.1:1/v1", model="mine", api_key_env="MY_KEY"))
    assert not is_needed(target({"base_url": "http://127.0.0.1:1"}))


@pytest.mark.parametrize("models", [None, ()])
def test_a_server_that_lists_no_model_is_asked_for_the_usual_one(models: Sequence[str] | None) -> None:
    made = found(Seen(models=models))

    assert made.target.model == target({"base_url": "http://127.0.0.1:1"}).model
    assert any("as none is listed (--model)" in remark for remark in made.remarks)


def test_a_key_goes_only_to_a_server_that_asks_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-private-12345678")
    open_server, closed = Seen(), Seen(key="sk-private-12345678")

    assert found(open_server).target.api_key is None
    assert set(open_server.keys) == {None}
    assert found(closed).target.api_key == "sk-private-12345678"
    assert closed.keys[0] is None


def test_a_route_that_shows_only_with_the_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-private-12345678")
    seen = Seen("", key="sk-private-12345678", asks_first=True)

    assert found(seen).target.base_url == seen.address


def test_a_key_that_is_missing_is_said_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(ConfigError, match="asks for a key, and OPENAI_API_KEY is not set"):
        found(Seen(key="sk-private-12345678"))


def test_a_server_without_the_api_is_named_with_what_was_tried() -> None:
    with pytest.raises(ConfigError, match=r"neither http://[\d.:]+/v1/responses nor http://[\d.:]+/responses nor "):
        found(Seen(routes=("/completions",), models=None))


def test_a_server_that_lists_models_and_has_no_create_is_told_from_a_wrong_address() -> None:
    with pytest.raises(ConfigError, match=r"No Responses API: http://[\d.:]+/v1 lists models, and has no route"):
        found(Seen(routes=("/completions",)))


def test_a_path_may_lack_its_version() -> None:
    seen = Seen("/api/v1")

    assert found(seen, "/api").target.base_url == f"{seen.address}/api/v1"


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "No such thing", "type": "invalid_request_error", "code": "model_not_found"}},
        {"error": {"message": "model '' not found, try pulling it first", "type": "not_found_error"}},
        {"object": "error", "message": "The model `None` does not exist.", "code": 404},
        {"detail": "No model named None"},
    ],
)
def test_a_404_that_speaks_of_the_model_is_a_route(body: dict[str, Any]) -> None:
    seen = Seen(missing_model=body)

    assert found(seen).target.base_url == f"{seen.address}/v1"


def test_a_server_of_chat_alone_has_the_api() -> None:
    assert found(Seen(routes=("/chat/completions",))).target.base_url.endswith("/v1")


def test_an_address_at_which_nobody_listens_is_unreachable() -> None:
    with serving(Seen()) as seen:
        pass

    with pytest.raises(Unreachable, match="refuses the connection"):
        run(discover, addressed(seen.address))
