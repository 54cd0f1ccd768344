"""What the screen shows, and what must never reach it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.report import made

from antiphon.report.files import load_result
from antiphon.report.formats.scripts import scripts
from antiphon.report.progress import Progress
from antiphon.report.result_model import Result
from antiphon.report.terminal import print_report, screen

PUBLISHED = Path(__file__).parents[2] / "reports" / "results"


def shown(result: Result, *, verbose: bool = True, width: int = 100, **options: Any) -> str:
    file = io.StringIO()
    console = Console(file=file, markup=False, highlight=False, emoji=False, width=width, **options)
    print_report(console, result, ["out/result.json", "out/report.html"], verbose=verbose)
    return file.getvalue()


def test_the_first_screen_has_identity_profiles_causes_and_clients(gateway: Result) -> None:
    gateway["capabilities"] = {"core": {"state": "kept", "claimed": None, "evidence": [], "note": ""}}
    lines = shown(gateway, verbose=False, width=80).splitlines()

    assert lines[:8] == [
        "Example gateway, model gpt-5-mini: a server of the Responses API.",
        "exercised 23 of 28 requirements, 17 of those held; 52 calls, 8.4 s; edition openai-2026-08",
        "profile holds: agentic",
        "profile does not hold: core (2 broken), streaming (4 broken), stateful (2 broken; lacks compact)",
        "works with: openai-python, LiteLLM",
        "not with 1 of 3 clients: Codex (stream, tools)",
        "4 causes behind 4 musts, 2 shoulds broken, the gravest first:",
        " 1 Events of a stream are missing, double or out of pla…  must, breaks 1 client",
    ]
    assert lines[8] == "   stream-hello/1, event 12 /text: expected 'Hel', got 'Hello'"
    assert lines[9].startswith("   curl -i -N -X POST https://gateway.example/v1/responses ")
    assert lines[-1] == "wrote out: result.json, report.html"
    assert not any(line.startswith("area ") for line in lines)


def test_every_profile_is_named_whatever_there_is_to_say_of_it(gateway: Result) -> None:
    for profile in gateway["profiles"].values():
        profile |= {
            "holds": False,
            "broken": ["a.b"] * 12,
            "missing": ["store", "input-items", "conversations", "compact"],
        }
    line = next(each for each in shown(gateway, verbose=False, width=80).splitlines() if "does not hold" in each)

    assert line == "profile does not hold: " + ", ".join(f"{name} (12 broken)" for name in gateway["profiles"])


def test_clients_of_which_a_part_was_judged_are_named_with_how_much(gateway: Result) -> None:
    codex = gateway["clients"]["codex"]
    works: Any = {"state": "works"}
    unknown: Any = {"state": "unknown", "why": "not played to its end"}
    features = {"text": works, "stream": works, "tools": unknown}
    gateway["clients"] = {
        "codex": {**codex, "works": None, "features": features},
        "other": {**codex, "works": None, "features": {"text": unknown}},
    }
    lines = shown(gateway, verbose=False).splitlines()

    assert "works as far as was judged with: Codex (2 of 3 features)" in lines
    assert "not enough was judged to say of 1 client" in lines


def test_clients_are_named_as_far_as_there_is_room_and_the_rest_counted(gateway: Result) -> None:
    one = gateway["clients"]["codex"]
    gateway["clients"] = {f"c{number}": {**one, "title": f"A client, number {number}"} for number in range(20)}
    assert "works with none of 20 clients" in shown(gateway, verbose=False).splitlines()

    gateway["clients"]["c0"] = {**one, "title": "The one", "works": True}
    lines = shown(gateway, verbose=False).splitlines()
    assert "works with: The one" in lines
    assert next(line for line in lines if line.startswith("not with 19 of 20")).endswith(" and 16 more")


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.json")), ids=lambda path: path.stem)
def test_what_a_server_breaks_fits_on_one_screen(path: Path) -> None:
    """80 columns by 40 lines, whatever the server."""
    text = shown(load_result(path), verbose=False, width=80)

    assert sum(max(1, -(-len(line) // 80)) for line in text.splitlines()) <= 40


@pytest.mark.parametrize(("state", "said"), [("declined", "not a working server of the Responses API."),
                                             ("unknown", "not asked whether it is a server")])  # fmt: skip
def test_the_first_line_says_whether_it_is_the_right_server(gateway: Result, state: str, said: str) -> None:
    evidence = ["plain/1"] if state == "declined" else []
    gateway["capabilities"] = {
        "core": {"state": state, "claimed": state == "declined", "evidence": evidence, "note": "404"}
    }
    lines = shown(gateway, verbose=False).splitlines()

    assert said in lines[0]
    assert ("no server may lack it: core is declined (404, plain/1)" in lines) == (state == "declined")


def test_a_failure_has_promise_place_difference_and_the_way_back(gateway: Result) -> None:
    text = shown(gateway)
    part = text[text.index("stream.sequence.contiguous  must") :].split("\n\n")[0]
    assert part.splitlines()[:6] == [
        "stream.sequence.contiguous  must  (recording, prose)",
        "  Sequence numbers start at 0 and each event has the next one.",
        "  place     stream-hello/1, event 7 /sequence_number  (broken in 1 of 2 judged exchanges)",
        "  expected  7",
        "  got       8",
        "            numbers skip one",
    ]
    assert "  breaks    Codex 0.169.0" in part
    assert "  source    recording (wire, POST /responses, stream=true, 2026-08, 30 of 30 streams)" in part
    assert "  repeat    curl -i -N -X POST https://gateway.example/v1/responses " in part
    assert part.endswith(
        "  replay    antiphon run --transcript reports/runs/gateway/transcript.jsonl -k stream.sequence.contiguous"
    )


def test_the_table_counts_all_verdicts(gateway: Result) -> None:
    text = shown(gateway)
    heads = next(line for line in text.splitlines() if line.startswith("area"))
    assert heads.split() == ["area", "pass", "fail", "warn", "not-applicable", "not-testable", "not-asked", "error"]
    assert re.search(r"^all +17 +4 +2 +2 +2 +· +1$", text, re.M)


def test_the_end_says_what_it_means(gateway: Result) -> None:
    text = shown(gateway)
    assert "profile stateful does not hold (2 broken; lacks compact)" in text
    assert "works with openai-python 3.52.0; LiteLLM 1.77.1" in text
    assert "not with Codex 0.169.0: text ✓, stream ✗, tools ✗, compaction –" in text
    assert "  stream: stream.sequence.contiguous: ValueError: 8 is not 7" in text
    assert "  no reply within 30 s\n    background-long" in text
    assert text.endswith("wrote out: result.json, report.html\n")


def test_what_a_server_says_never_steers_the_terminal(gateway: Result) -> None:
    text = shown(gateway)
    assert not set(text) & {"\x1b", "\x00", "\u202e", "\udc80", "\ufffe"}
    assert r"\x1b[31mred\x1b[0m [bold]x[/bold] <script>alert(1)</script> \u202egnp.exe" in text


@pytest.mark.parametrize("facts", [{"filtered": True, "filter": "-k usage"}, {"source": "judge", "files": ["a b.har"]}])
def test_a_part_is_never_said_to_hold(facts: dict[str, Any]) -> None:
    text = shown(made.clean(**facts))
    assert "conformant" not in text
    assert not re.search(r"profile \S+ holds", text)
    assert "works with" not in text


def test_foreign_recordings_are_judged_again_by_judge() -> None:
    text = shown(made.broken(source="judge", files=["a b.har"]))
    assert "replay    antiphon judge 'a b.har' -k stream.text.adds-up" in text


def test_another_edition_is_named_in_the_replay(gateway: Result) -> None:
    gateway["edition"] = "azure-2026"
    assert "transcript.jsonl --edition azure-2026 -k stream.text.adds-up" in shown(gateway)


def test_commands_stay_on_one_line(gateway: Result) -> None:
    lines = shown(gateway).splitlines()
    assert all(line.count("'") % 2 == 0 or '"\'"' in line for line in lines if "repeat" in line)
    assert any(len(line) > 150 for line in lines if line.startswith("  repeat"))


def test_colours_are_for_terminals_that_want_them(gateway: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;31m" in shown(gateway, force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in shown(gateway, force_terminal=True)
    assert "[31m" not in shown(gateway, force_terminal=True).replace(r"\x1b[31m", "")


def test_a_narrow_pipe_gets_eighty_columns_and_any_encoding_works(gateway: Result) -> None:
    raw = io.BytesIO()
    console = screen(io.TextIOWrapper(raw, encoding="ascii"))
    print_report(console, gateway, verbose=True)
    console.file.flush()
    assert console.width >= 80
    assert rb"\xb7" in raw.getvalue()


def test_progress_is_one_line_where_nobody_watches() -> None:
    file = io.StringIO()
    with Progress(Console(file=file, width=80), total=3) as progress:
        progress.update(done=1, calls=4, running=["a", "b"])
        progress.update(done=3, calls=9, running=[])
    assert re.fullmatch(r"3 of 3 scenarios, 9 calls, \d+\.\d s\n", file.getvalue())


def test_what_comes_before_the_first_scenario_is_told_as_such() -> None:
    assert re.fullmatch(r"reading the suites  \d+\.\d s", Progress(Console(), total=0)._line().plain)


def test_progress_is_live_on_a_terminal() -> None:
    file = io.StringIO()
    with Progress(Console(file=file, width=80, force_terminal=True), total=3) as progress:
        progress.update(done=1, calls=4, running=["stream-\x1bhello", *"abcdefgh"])
        line = progress._line().plain
    assert re.match(r"1/3  4 calls  \d+\.\d s  stream-\\x1bhello, a, b, c, d, e …$", line)
    assert "3 scenarios" in file.getvalue()


def test_a_command_is_told_once(gateway: Result) -> None:
    command = "curl -i http://127.0.0.1:9/v1/models"
    for cause in gateway["causes"][:2]:
        cause["first"]["curl"] = command
    lines = shown(gateway, verbose=False, width=200).splitlines()

    assert sum(command in line for line in lines) == 1
    assert "   the command of 1 shows it" in lines


def test_a_long_difference_has_a_line_of_its_own_with_both_of_its_sides(gateway: Result) -> None:
    for each in gateway["requirements"]:
        for place in each["violations"]:
            place["expected"], place["got"] = "a text of JSON that fits the format", "Hello, " * 30
    lines = shown(gateway, verbose=False, width=80).splitlines()
    where, said = lines[8:10]

    assert where.startswith("   stream-hello/1, event")
    assert where.endswith(":")
    assert said.startswith("     expected a text of JSON that fits the format, got Hello, Hello, ")
    assert len(said) <= 80


def test_the_script_of_a_single_call_says_what_to_look_at_and_what_to_start(gateway: Result) -> None:
    gateway["source"], gateway["target"] = "run", {"name": "reference server"}
    text = scripts(gateway)["stream.sequence.contiguous.sh"]
    lines = text.splitlines()

    assert lines[1].startswith("# stream.sequence.contiguous: Sequence numbers start at 0")
    assert lines[2] == "# Look at event 7 /sequence_number: expected 7, got 8"
    assert "antiphon serve" in lines[3]
    assert lines[-1] == "printf '%s\\n' 'Look at event 7 /sequence_number: expected 7, got 8'"
