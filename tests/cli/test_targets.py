"""Target files: the examples of the documentation, what is wrong with others, and what `doctor` says of a target."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from antiphon import config
from antiphon.cli import main
from antiphon.cli.options.common import target_of
from antiphon.errors import ConfigError
from antiphon.exercise.target import Target
from antiphon.server import ServerSettings, background_server

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "targets.md").read_text(encoding="utf-8"), re.DOTALL)
NAMES = {"openai", "azure", "vllm", "litellm", "ollama", "openrouter"}


def read(text: str, folder: Path) -> config.Config:
    (folder / "antiphon.toml").write_text(text, encoding="utf-8")
    return config.load(folder / "antiphon.toml")


def test_the_documentation_has_an_example_of_each() -> None:
    assert {name for text in EXAMPLES for name in tomllib.loads(text)["targets"]} == NAMES


@pytest.mark.parametrize("text", EXAMPLES, ids=[next(iter(tomllib.loads(text)["targets"])) for text in EXAMPLES])
def test_an_example_is_a_target(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(text, tmp_path)
    (name,) = found.targets
    target = config.target(found.target(name))

    assert target.name == name
    for value in (*target.headers.values(), *target.query.values()):
        if value.startswith("$"):
            monkeypatch.setenv(value[1:], "a-secret-of-the-test")
    assert not {header for header, _ in target.request_headers()} - {"Authorization", "api-key", "X-Title"}
    assert dict(target.request_query()) == dict(target.query)


def test_the_schema_is_one_and_forbids_what_it_does_not_know() -> None:
    schema = config._schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    settings = {each for each in Target.__dataclass_fields__ if not each.startswith("own_")}

    assert set(schema["$defs"]["target"]["properties"]) == settings - {"name", "receiver", "assumed"}
    assert schema["additionalProperties"] is schema["$defs"]["target"]["additionalProperties"] is False


MISTAKES = {
    "key": ("[targets.a]\nbase_url='http://x/v1'\nmodle='m'", "targets.a: unknown key 'modle'; did you mean model"),
    "nested": ("[targets.a.prices.m]\ninput=1\noutptu=2", "targets.a.prices.m"),
    "price": ("[targets.a.prices.m]\ninput=1", "'output' is a required property"),
    "type": ("[targets.a]\nretries='two'", "targets.a.retries is 'two'; it takes a whole number"),
    "range": ("repeat=0", "repeat is 0; give a number from 1"),
    "rate": ("[targets.a]\nrate='fast'", "targets.a.rate is 'fast'"),
    "choice": ("fail_on='may'", "fail_on is 'may'"),
}


@pytest.mark.parametrize(("text", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_file_is_told_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        read(text, tmp_path)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"headers": {"api-key": "sk-in-the-file"}}, "$VARIABLE"),
        ({"capabilities": {"stor": True}}, "did you mean store"),
        ({"rate": "9/week"}, "60/min"),
    ],
)
def test_a_setting_that_cannot_be(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)) as told:
        config.target({"base_url": "http://x/v1", **settings})

    assert "sk-in-the-file" not in str(told.value)


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_configured_authorization_takes_the_place_of_the_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("OTHER", "Basic b3RoZXI6a2V5")
    target = config.target({"base_url": "http://x/v1", "headers": {name: "$OTHER"}})

    assert target.request_headers() == [(name, "Basic b3RoZXI6a2V5")]
    assert config.target({"base_url": "http://x/v1"}).request_headers() == [
        ("Authorization", "Bearer sk-of-the-environment")
    ]


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--max-cost", "1"], "needs prices"),
        (["--header", "api-key: sk-given"], "$VARIABLE"),
        (["--header", "no colon"], "NAME: VALUE"),
        (["--query", "version"], "NAME=VALUE"),
        (["--rate", "often"], "60/min"),
        (["--profile", "cor"], "did you mean core"),
        (["--repeat", "0"], "from 1"),
        (["--max-calls", "-3"], "above 0"),
    ],
)
def test_an_option_that_cannot_be(capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    code, _, err = said(capsys, "run", "--base-url", "http://127.0.0.1:9/v1", *words)

    assert code == 2
    assert says in err
    assert "sk-given" not in err
    assert len(err.strip().splitlines()) == 1


def test_doctor_says_what_is_missing_before_a_call_is_paid_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-right-key-of-the-test")
    with background_server(ServerSettings(api_key="sk-right-key-of-the-test")) as url:
        code, out, _ = said(capsys, "doctor", "--base-url", url, "--model", "antiphon-1", "--free")
        assert code == 0
        for option in ("--second-api-key-env", "--other-model", "--reasoning-model", "--webhook-listen"):
            assert option in out
        assert re.search(r"--depth core: \d+ calls and at most \d+ retries, \d+ to \d+ tokens", out)
        assert "text input" not in out

        monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
        code, out, _ = said(capsys, "doctor", "--base-url", url, "--model", "antiphon-1")
        assert (code, out.splitlines()[-1].split()[:2]) == (1, ["NO", "key"])

        monkeypatch.setenv("OPENAI_API_KEY", "sk-right-key-of-the-test")
        code, out, _ = said(capsys, "doctor", "--base-url", url + "/more", "--model", "antiphon-1")
        assert (code, "does the base URL end in /v1?" in out) == (1, True)


def test_a_dry_run_tells_scenarios_calls_and_tokens_by_area(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "run", "--dry-run", "--profile", "core", "--max-calls", "5")

    assert code == 0
    assert re.search(r"^limits +\d+ +\d+ +\d+ +\d+", out, re.MULTILINE)
    assert re.search(r"^  plain_cut +1 +\d+ +\d+", out, re.MULTILINE)
    assert "stops before --max-calls 5 is passed" in out


def test_options_set_limits_and_body_fields_and_take_the_place_of_those_of_the_file(tmp_path: Path) -> None:
    text = """
    [targets.a]
    base_url = "http://x/v1"
    body = {provider = {order = ["a"]}, user = "file"}
    limits = {total = 300.0, events = 7}
    """
    read(text, tmp_path)
    given = {"concurrency": 2, "timeout": 5.0, "idle_timeout": 3.0, "connect_timeout": None, "model": None}
    target, _ = target_of(
        None, "a", tmp_path / "antiphon.toml", False, body=('user="option"', "top_k=5"), headers=(), query=(), **given
    )

    assert target is not None
    assert target.body == {"provider": {"order": ["a"]}, "user": "option", "top_k": 5}
    limits = target.limits
    assert (limits.concurrency, limits.total, limits.idle, limits.connect, limits.events) == (2, 5.0, 3.0, 10.0, 7)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--body-field", "user=text"), "--body-field user: the value is not JSON"),
        (("--concurrency", "0"), "Limit 'concurrency' is 0; give a whole number above 0"),
        (("--timeout", "-1"), "Limit 'total' is -1.0; give a number of seconds above 0"),
        (("--max-time", "0"), "--max-time is 0.0; give a number above 0"),
    ],
)
def test_an_option_that_cannot_be_is_one_sentence(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "--base-url", "http://127.0.0.1:9/v1", *options])

    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_requirements_can_be_excluded_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read('exclude = ["no-such-requirement"]', tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--dry-run", "--config", str(tmp_path / "antiphon.toml")])

    assert ended.value.code == 2
    assert "No requirement 'no-such-requirement'" in capsys.readouterr().err
