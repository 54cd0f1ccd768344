"""Every help has examples that are true, and the exit codes; a shell completes commands and options."""

from __future__ import annotations

import shlex

import click
import pytest

from antiphon.cli import COMMANDS, group, main
from antiphon.cli.epilogs import EXAMPLES

COMPLETION = "_ANTIPHON_COMPLETE"


def command(name: str) -> click.Command:
    """A command as the group lends it."""
    wanted = group.get_command(click.Context(group), name)
    assert wanted is not None
    return wanted


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_ends_with_examples_and_exit_codes(name: str) -> None:
    text = command(name).get_help(click.Context(command(name), info_name=f"antiphon {name}"))

    assert text.index("Examples:") < text.index("Exit codes:")
    assert all(f"    {example}" in text for example in EXAMPLES[name])
    assert "    0    " in text


@pytest.mark.parametrize("example", [each for examples in EXAMPLES.values() for each in examples])
def test_an_example_is_a_command_that_is_understood(example: str) -> None:
    program, name, *arguments = shlex.split(example)

    assert program == "antiphon"
    assert command(name).make_context(name, arguments).params


@pytest.mark.parametrize(
    ("words", "completed"), [("antiphon ru", "plain,run"), ("antiphon run --verb", "plain,--verbose")]
)
def test_a_shell_completes_commands_and_options(
    words: str, completed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(COMPLETION, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    with pytest.raises(SystemExit):
        main([])

    assert capsys.readouterr().out.splitlines() == [completed]


def test_the_help_of_the_whole_has_examples_and_exit_codes_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    lines = capsys.readouterr().out.splitlines()

    examples = lines[lines.index("  Examples:") + 1 :]
    for example in examples[: examples.index("")]:
        name = example.split()[1]
        assert name in (*COMMANDS, "COMMAND")
    assert [line.split()[0] for line in lines[lines.index("  Exit codes:") + 1 :][:6]] == list("012345")
    assert not any("\\b" in line or len(line) > 80 for line in lines)
