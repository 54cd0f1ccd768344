"""What the README says in numbers, and what it shows of the terminal, against the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from tests.gate.command import antiphon

from antiphon.contract.depth import Depth
from antiphon.contract.load import contract
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import collect
from antiphon.run.depth_choice import choose_depth
from antiphon.run.estimate import estimate
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.server import ServerSettings, background_server
from antiphon.server.faults import catalogue

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PLAN = RunOptions(target=Target("http://127.0.0.1:9/v1"), depth=Depth.THOROUGH)
NEAR = 0.1
"""Share by which a number that is said as `some` may differ."""


def number(pattern: str) -> int:
    """The number that the README gives there."""
    found = re.search(pattern, README)
    assert found, pattern
    return int(found[1].replace(",", ""))


@cache
def scenarios() -> list[str]:
    """All that the tests of the suites read."""
    return [each.name for each in collect(PLAN)]


def calls(plan: RunOptions) -> int:
    """The calls that a run of these options makes, but for those that are tried again."""
    made: int = estimate(plan, Session(plan).planned_scenarios(scenarios()))["calls"]
    return made


@pytest.mark.parametrize(
    ("depth", "pattern"),
    [(Depth.CORE, r"`--depth core` makes at most (\d+) calls"), (Depth.STANDARD, r"`standard` at most (\d+),")],
)
def test_a_bounded_run_makes_no_more_calls_than_the_readme_says(depth: Depth, pattern: str) -> None:
    assert calls(replace(PLAN, depth=depth)) <= number(pattern)


def test_a_thorough_run_makes_as_many_as_the_readme_says() -> None:
    assert calls(PLAN) == pytest.approx(number(r"`thorough` \(`--thorough`\) some ([\d,]+)"), rel=NEAR)


def rows() -> Iterator[tuple[str, list[int]]]:
    """The table of calls: profile, and calls at each depth."""
    for line in README.split("| `--profile` |", 1)[1].split("\n\n")[0].splitlines()[2:]:
        name, *numbers = (cell.strip(" `") for cell in line.strip("|").split("|"))
        yield name, [int(each.replace(",", "")) for each in numbers]


@pytest.mark.parametrize(("profile", "said"), list(rows()))
def test_each_profile_takes_as_many_calls_as_the_table_says(profile: str, said: list[int]) -> None:
    made = [calls(replace(PLAN, profile=profile, depth=depth)) for depth in Depth]

    assert said == pytest.approx(made, rel=NEAR, abs=8)


def test_the_table_has_every_profile() -> None:
    assert [name for name, _ in rows()] == list(contract().profiles)


def test_a_run_plays_for_no_longer_than_the_readme_says() -> None:
    choices = choose_depth(None, None, Bounds()), choose_depth(None, PLAN.target, Bounds())

    assert {choice.bounds.time for choice in choices} == {
        number(r"plays for at most (\d+) seconds once it is installed \(`--max-time`\)"),
        number(r"a run is thorough, for at most (\d+) seconds"),
    }


def test_the_faults_are_as_many_as_the_readme_says() -> None:
    said = number(r"over (\d+) in all")

    assert said <= len(catalogue()) < said + 50


def test_doctor_makes_as_many_calls_as_the_readme_says(tmp_path: Path) -> None:
    with background_server(ServerSettings(journal=True)) as server:
        assert antiphon("doctor", str(server), folder=tmp_path).returncode == 0
        made = len(server.requests)

    assert made == pytest.approx(number(r"some (\d+) small calls"), abs=8)


def test_the_picture_of_the_terminal_is_what_it_prints(tmp_path: Path) -> None:
    """But for numbers and where lines end; `python -m tools.record_terminal` makes it."""
    assert "docs/images/terminal.svg" in README
    command, shown = picture_text()
    printed = antiphon(*command.split()[1:], folder=tmp_path).stdout

    assert plain(shown) in plain(" ".join(printed.split()))


def picture_text() -> tuple[str, str]:
    """The command of the picture, and all that stands below it."""
    picture = (Path(__file__).parents[2] / "docs" / "images" / "terminal.svg").read_text(encoding="utf-8")
    assert "@font-face" not in picture, "a picture asks for nothing from the network"
    lines: dict[int, str] = {}
    for number, text in re.findall(r'<text [^>]*clip-path="url\(#terminal-line-(\d+)\)">(.*?)</text>', picture):
        lines[int(number)] = lines.get(int(number), "") + unescape(text)
    command, *rest = (" ".join(line.split()) for line in lines.values())
    return command.removeprefix("$ "), " ".join(" ".join(rest).split())


def plain(line: str) -> str:
    """A line without its numbers."""
    return re.sub(r"\d+(?:[.,]\d+)*", "N", line.rstrip())
