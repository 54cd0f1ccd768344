"""What a recording shows of state is shown again by a script that makes what the recording had made before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.proofs import made_again

from antiphon.cli import main
from antiphon.report.files import load_result
from antiphon.report.reproduction.choice import SHEBANG
from antiphon.server import ServerSettings, background_server


def entry(reply: httpx.Response) -> dict[str, Any]:
    """A call as a HAR file has it, without its headers and with a time of whole seconds."""
    request = reply.request
    sent = request.content.decode()
    posted = {"postData": {"mimeType": "application/json", "text": sent}} if sent else {}
    content = {"mimeType": reply.headers["content-type"], "text": reply.text}
    return {
        "startedDateTime": "2026-11-29T10:00:00Z", "time": 900,
        "request": {"method": request.method, "url": str(request.url), "headers": [], **posted},
        "response": {
            "status": reply.status_code, "content": content,
            "headers": [{"name": "Content-Type", "value": content["mimeType"]}],
        },
    }  # fmt: skip


def test_a_recorded_read_is_made_again_after_its_create(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with background_server(ServerSettings(faults=("read-differs",))) as base_url:
        with httpx.Client(base_url=base_url) as client:
            others = [client.post("/responses", json={"model": "antiphon-1", "input": text}) for text in ("a", "b")]
            made = client.post("/responses", json={"model": "antiphon-1", "input": "Say hi."})
            read = client.get(f"/responses/{made.json()['id']}")
        har = {"log": {"version": "1.2", "entries": [entry(each) for each in (*others, made, read)]}}
        (tmp_path / "traffic.har").write_text(json.dumps(har))
        with pytest.raises(SystemExit):
            main(["judge", "traffic.har"])
        broken = [each for each in load_result(tmp_path / "antiphon-report/result.json")["requirements"]
                  if each["verdict"] == "fail"]  # fmt: skip
        scripts = {each["id"]: each["violations"][0].get("script", "") for each in broken}
        assert any(scripts.values()), scripts
        for id, text in scripts.items():
            if text:
                assert text.startswith(SHEBANG)
                assert text.count("\nstep ") == 2
                printed = made_again.run(text, tmp_path / id, {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": base_url})
                made_now, read_now = (json.loads(part[part.index("{") : part.rindex("}") + 1])
                                      for part in printed.split("--- step ")[1:])  # fmt: skip
                assert read_now["id"] == made_now["id"] != made.json()["id"]
                assert read_now != made_now
