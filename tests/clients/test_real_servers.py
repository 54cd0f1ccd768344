"""The measurement of real servers: the relay in front of them, and what was predicted beside what clients did."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tools.clients.agreement import PredictedFeature, features_of, main, table_of
from tools.clients.relay import relay
from tools.clients.server_play import played_clients

CASES = {"openai-py: create": ("text",), "openai-py: stream": ("stream",), "openai-py: chat: create": ("chat",),
         "openai-py: socket": ("websocket",)}  # fmt: skip
SAID = {"create": "ok", "stream": "FAIL [EXC] ValueError: no text", "chat: create": "FAIL [EXC] NotFoundError: no",
        "socket": "skip no socket"}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """The folder of a server that says Hello, and streams nothing that a client can read."""
    folder = tmp_path / "mock@1"
    folder.mkdir()
    rows = "".join(f"none\topenai-py\t{case}\t{said}\t0.1\n" for case, said in SAID.items())
    (folder / "played.tsv").write_text(rows)
    states = {"text": "works", "stream": "works", "websocket": "declined", "tools": "unknown"}
    features = {name: {"state": state} for name, state in states.items()}
    (folder / "result.json").write_text(json.dumps({"clients": {"openai-python": {"features": features}}}))
    return folder


def test_a_feature_is_right_where_the_client_did_what_was_predicted(server: Path) -> None:
    found = {each.feature: each for each in features_of(server, CASES)}

    assert {name: each.is_right for name, each in found.items()} == {"text": True, "stream": False}
    assert found["stream"].says == "stream: FAIL [EXC] ValueError: no text"


def test_the_table_has_a_row_for_each_server(server: Path) -> None:
    *_, own, of_all, without = table_of(list(features_of(server, CASES)))

    assert own.split() == ["mock@1", "2", "100.0%", "50.0%"]
    assert of_all.split() == ["all", "2", "100.0%", "50.0%"]
    assert without.split()[-3:] == ["2", "100.0%", "50.0%"]


@pytest.mark.parametrize(
    ("why", "is_of_model"),
    [
        ("no function_call comes, which it asked for", True), ("no events come, which it asked for", False),
        ("the text does not fit the schema that was asked for", True), ("its request is refused", False),
    ],
)  # fmt: skip
def test_what_a_model_does_not_do_is_told_apart(why: str, is_of_model: bool) -> None:
    one = PredictedFeature("mock@1", "llm", "tools", "fails", why, works=False, says="no call")

    assert one.is_of_model is is_of_model


def test_what_is_wrong_is_listed(server: Path) -> None:
    features = server.parent / "features.tsv"
    features.write_text("openai-py\tcreate\ttext\nopenai-py\tstream\tstream\n")

    said = CliRunner().invoke(main, [str(server.parent), "--features", str(features), "--wrong"]).output

    assert said.splitlines() == ["mock@1\topenai-python\tstream\t✓   \tstream: FAIL [EXC] ValueError: no text"]


def test_clients_that_were_played_are_not_played_again(server: Path) -> None:
    assert played_clients(server / "played.tsv") == {"openai-py"}
    assert played_clients(server / "none.tsv") == frozenset()


def test_a_relay_answers_the_harness_and_passes_on_the_rest(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"for " + await reader.readline())
        await writer.drain()
        writer.close()

    async def ask(port: int, line: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(line)
        said = await reader.read()
        writer.close()
        return said

    async def play() -> tuple[bytes, bytes]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server, relay(server.sockets[0].getsockname()[1], tmp_path / "relayed.jsonl") as port:
            own = await ask(port, b"GET /__case/llm%3A%20a%20case HTTP/1.1\r\n\r\n")
            return own, await ask(port, b"GET /v1/models HTTP/1.1\n")

    own, passed = asyncio.run(play())

    assert own.startswith(b"HTTP/1.1 200 OK\r\n")
    assert passed == b"for GET /v1/models HTTP/1.1\n"
    assert [json.loads(line) for line in (tmp_path / "relayed.jsonl").read_text().splitlines()] == [
        {"case": "llm: a case", "sent": "GET /v1/models HTTP/1.1\n"},
        {"case": "llm: a case", "got": "for GET /v1/models HTTP/1.1\n"},
    ]
