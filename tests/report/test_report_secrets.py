"""Whatever a recording holds, no report of it shows a secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.cli import main
from antiphon.report.formats import FORMATS

KEY = "sk-proj-Planted7Key0123456789abcdefXYZ"
TOKEN = "ghp-mcp-Planted8Token-0123456789"
SECRETS = {
    "header": KEY,
    "cookie": "session=Planted1Cookie0123456789",
    "reply cookie": "sid=Planted2Cookie0123456789",
    "organisation": "org-Planted3Organisation",
    "query": "Planted4Query0123456789",
    "mcp": TOKEN,
    "azure": "Planted5Azure0123456789abcdef",
}


def answered(name: str, status: int, media_type: str, body: str) -> dict[str, object]:
    """An exchange with credentials in its request, and the reply that it got."""
    body_sent = {"model": "m", "input": f"my key is {KEY}", "stream": False,
                 "tools": [{"type": "mcp", "server_label": "s", "authorization": TOKEN}]}  # fmt: skip
    headers = [["authorization", f"Bearer {KEY}"], ["cookie", SECRETS["cookie"]], ["api-key", SECRETS["azure"]],
               ["openai-organization", SECRETS["organisation"]], ["content-type", "application/json"]]  # fmt: skip
    request = {"method": "POST", "path": "/responses", "query": [["api_key", SECRETS["query"]]], "headers": headers,
               "body": body_sent}  # fmt: skip
    reply = [["content-type", media_type], ["set-cookie", SECRETS["reply cookie"]],
             ["openai-organization", SECRETS["organisation"]]]  # fmt: skip
    response = {"status": status, "headers": reply, "chunks": [[0.1, body]], "complete": True}
    return {"exchange": name, "request": request, "response": response}


def recording() -> Iterator[dict[str, object]]:
    """Exchanges with a secret in every place, each of them broken so that reports tell of it."""
    encoded = base64.b64encode(f"Bearer {KEY}".encode()).decode()
    said = f"no such key {KEY}, {TOKEN}, {SECRETS['query']}, {SECRETS['azure']}, {encoded}"
    wrong = {"id": 7, "object": "response", "status": said, "model": KEY, "output": said, "usage": said, KEY: KEY}
    yield answered("a/1", 200, "application/json", json.dumps(wrong))
    refusal = {"error": {"message": said, "type": said, "param": KEY, "code": {TOKEN: said}}}
    yield answered("a/2", 401, "application/json", json.dumps(refusal))
    event = json.dumps({"type": "response.created", "sequence_number": KEY, "response": wrong})
    yield answered("a/3", 200, "text/event-stream", f"event: {KEY}\ndata: {event}\n\n")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is written of the recording."""
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "recording.jsonl").write_text("".join(json.dumps(each) + "\n" for each in recording()))
    out = folder / "out"
    formats = [word for name in FORMATS for word in ("--format", name)]
    with pytest.raises(SystemExit) as ended:
        main(["judge", str(folder / "recording.jsonl"), "--report-dir", str(out), *formats])
    assert ended.value.code == 1
    with pytest.raises(SystemExit):
        main(["report", str(out / "result.json"), "--out", str(out / "site")])
    return out


def test_the_recording_is_told_of(written: Path) -> None:
    result = json.loads((written / "result.json").read_text(encoding="utf-8"))
    assert set(result["traffic"]) == {"a/1", "a/2", "a/3"}
    assert "[redacted]" in (written / "report.html").read_text(encoding="utf-8")
    assert len(list(written.rglob("*"))) > 600


@pytest.mark.parametrize("kind", SECRETS)
def test_no_file_holds_a_secret(written: Path, kind: str) -> None:
    secret = SECRETS[kind].rpartition("=")[2]
    forms = {secret.encode(), base64.b64encode(f"Bearer {secret}".encode())[12:-4]}
    found = [
        (path.name, form)
        for path in written.rglob("*") if path.is_file()
        for form in forms if form in path.read_bytes()
    ]  # fmt: skip
    assert found == []


def test_the_screen_shows_no_secret(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--json"]):
        with pytest.raises(SystemExit):
            main(["judge", str(written.parent / "recording.jsonl"), "--report-dir", str(written.parent / "b"), *words])
        said = capsys.readouterr()
        assert [kind for kind, secret in SECRETS.items() if secret.rpartition("=")[2] in said.out + said.err] == []
