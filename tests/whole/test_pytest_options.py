"""The suites under pytest by themselves, with what is expected to be broken, and with one surface alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = """baseline: 1
expected:
- id: usage.total
  verdict: fail
  reason: The gateway counts the cached tokens twice.
  owner: platform
  expires: {expires}
"""


def suites(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of a part of the suites, in a folder of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--pyargs", "antiphon.suites", "-q", "-rx", "-n0", "-p", "no:cacheprovider",
         "-W", "ignore", "-k", "usage.total or usage.counts", *options],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def baseline(tmp_path: Path) -> str:
    (tmp_path / "known.yaml").write_text(ENTRY.format(expires="2099-12-31"))
    return "--antiphon-baseline=known.yaml"


def test_a_failure_that_is_expected_fails_nothing(tmp_path: Path, baseline: str) -> None:
    done = suites(tmp_path, "--antiphon-fault=usage-total-wrong", baseline)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "1 xfailed" in done.stdout
    assert "The gateway counts the cached tokens twice." in done.stdout


def test_what_is_not_expected_fails_as_before(tmp_path: Path, baseline: str) -> None:
    done = suites(tmp_path, "--antiphon-fault=usage-total-missing", baseline)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "usage.counts" in done.stdout
    assert "the baseline is outdated" not in done.stdout


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_an_entry_that_is_mended_fails_the_run(workers: str, tmp_path: Path, baseline: str) -> None:
    done = suites(tmp_path, workers, baseline)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert "known.yaml:3: usage.total expected fail, but it is now pass; take the entry out." in done.stdout


def test_of_a_part_of_its_tests_nothing_is_said_to_be_mended(tmp_path: Path, baseline: str) -> None:
    done = suites(tmp_path, baseline, "-k", "usage.counts")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_an_entry_that_has_expired_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(ENTRY.format(expires="2020-01-31"))
    done = suites(tmp_path, "--antiphon-fault=usage-total-wrong", "--antiphon-baseline=known.yaml")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 xfailed" in done.stdout
    assert "known.yaml:3: usage.total was excused until 2020-01-31; it is now fail." in done.stdout


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (
            "--antiphon-baseline=known.yaml",
            "known.yaml, line 3: no requirement 'usage.totals'; did you mean usage.total",
        ),
        ("--antiphon-baseline=nowhere.yaml", "nowhere.yaml"),
        ("--antiphon-surface=chatt", "No surface 'chatt'; did you mean chat"),
    ],
)
def test_what_is_given_wrongly_is_one_sentence(option: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(ENTRY.format(expires="2099-12-31").replace("usage.total", "usage.totals"))
    done = suites(tmp_path, option)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_one_surface_alone_is_asked_for(tmp_path: Path) -> None:
    done = suites(tmp_path, "--antiphon-surface=chat", "--collect-only", "-k", "chat.stream or store.get")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "chat.stream" in done.stdout
    assert "store.get" not in done.stdout
