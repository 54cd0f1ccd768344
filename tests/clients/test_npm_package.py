"""The npm package starts and stops the server: its own examples pass, where there is a Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "clients" / "npm"
pytestmark = pytest.mark.skipif(not (shutil.which("node") and PACKAGE.exists()), reason="there is no Node here")


def node(*words: str, folder: Path = PACKAGE, command: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run Node, which finds the Python that runs this test."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **({"ANTIPHON_COMMAND": command} if command else {})}
    return subprocess.run(["node", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize("named", [True, False], ids=["a command", "the path"])
def test_the_example_for_node_passes(named: bool) -> None:
    done = node("--test", "examples/client.test.mjs", command=f"{sys.executable} -m antiphon" if named else None)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 4" in done.stdout


def test_the_example_for_vitest_passes(tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("there is no npm here")
    shutil.copytree(PACKAGE, tmp_path / "package")
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "vitest@3"]
    done = subprocess.run(install, cwd=tmp_path / "package", capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip("vitest cannot be installed here")
    binary = "node_modules/vitest/vitest.mjs"
    passed = node(binary, "run", folder=tmp_path / "package")

    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "1 passed" in passed.stdout


def test_a_test_that_forgets_to_stop_ends(tmp_path: Path) -> None:
    code = f"import {{ startServer }} from {json.dumps((PACKAGE / 'index.js').as_uri())}; await startServer();"
    done = node("--input-type=module", "-e", code, folder=tmp_path)

    assert done.returncode == 0, done.stderr


def test_every_member_of_a_server_is_declared() -> None:
    code = "import { startServer as s } from './index.js'; const v = await s(); console.log(JSON.stringify("
    code += "Object.getOwnPropertyNames(Object.getPrototypeOf(v)))); await v.stop();"
    done = node("--input-type=module", "-e", code)
    declared = (PACKAGE / "index.d.ts").read_text(encoding="utf-8")

    assert done.returncode == 0, done.stderr
    assert [name for name in json.loads(done.stdout) if name != "constructor" and f"  {name}(" not in declared] == []
