"""Lends a browser, and pages to look at with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser import chromium
from tests.report import made

from antiphon.report.formats.html import page
from antiphon.report.result import build
from antiphon.report.write import write_matrix

ATTACK = "</script><script>window.hit=1</script><img src='http://127.0.0.1:9/x' onerror='window.hit=1'>"


@pytest.fixture(scope="session")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Tab]:
    program = chromium.find()
    if program is None:
        pytest.skip("no Chromium here")
    with chromium.browser(program, tmp_path_factory.mktemp("chromium")) as tab:
        yield tab


@pytest.fixture
def tab(_browser: chromium.Tab) -> chromium.Tab:
    """A tab of the usual size, on a light screen."""
    _browser.look()
    return _browser


def hostile() -> dict[str, Any]:
    """The result of a gateway that breaks promises of every kind and attacks who reads of it."""
    exchanges = {"stream-hello/1": made.stream(30, ATTACK), "errors-wrong-key/1": made.exchange(ATTACK)}
    capability = {"state": "declined", "claimed": None, "evidence": ["compact/1"], "note": ATTACK}
    invalid = {"value": ATTACK, "trigger": "x", "verdict": "accepted", "status": "200", "type": ATTACK, "code": "",
               "param": "", "exchange": "a/1"}  # fmt: skip
    parameter = {"name": "temperature", "surface": "responses", "verdict": "ignored", "evidence": ["a/1"],
                 "note": ATTACK, "invalid": [invalid]}  # fmt: skip
    facts = made.facts(parameters=[parameter], capabilities={"compact": capability})
    result = build(made.contract(), made.broken_ledger(), facts, exchanges)
    result["target"] |= {"name": f"Example gateway {ATTACK}", "version": ATTACK}
    for each in result["requirements"]:
        each["reason"] = each["reason"] and each["reason"] + ATTACK
        for violation in each["violations"]:
            violation |= {"message": ATTACK, "curl": f"curl '{ATTACK}'"}
    return result


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the hostile gateway."""
    path = tmp_path_factory.mktemp("pages") / "report.html"
    path.write_text(page(hostile()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first page of a matrix of two targets, one of them with two results."""
    folder = tmp_path_factory.mktemp("site")
    write_matrix([hostile(), made.clean(), made.clean(started_at="2026-08-01T00:00:00Z")], folder)
    return folder / "index.html"
