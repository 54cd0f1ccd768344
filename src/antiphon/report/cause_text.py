"""A cause on a terminal: what the server does and whom it breaks, its first place, and the command that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from antiphon.report.reproduction.choice import SHORT_COMMAND, command
from antiphon.report.result_model import ResultCause, ResultViolation
from antiphon.report.text import shorten, visible
from antiphon.report.words import difference, place, plural

WIDTH = 80
STYLES = {"must": "bold red", "should": "bold yellow"}


def cause_line(cause: ResultCause, number: int) -> Text:
    """A cause in one line of the narrowest screen."""
    reach = extent(cause)
    title = shorten(visible(cause["title"]), WIDTH - len(reach) - 6)
    return Text.assemble(f"{number:>2} ", (title, STYLES[cause["level"]]), (f"  {reach}", "dim"))


def cause_text(cause: ResultCause, number: int, script: str = "", same: int = 0) -> Text:
    """A grave cause: its line, its first place, and a command; `script` is what runs that of its script.

    `same` is the number of an earlier cause with the very command, which is not told again.
    """
    return Text("\n").join([cause_line(cause, number), *_first_place(cause, script, same)])


def first_command(cause: ResultCause) -> str:
    """The command that shows its first place; empty without one."""
    first = cause.get("first")
    return command(first) if first else ""


def extent(cause: ResultCause) -> str:
    """How far a cause reaches: its level, and the clients that it breaks or else its requirements."""
    if cause["clients"]:
        return f"{cause['level']}, breaks {plural(len(cause['clients']), 'client')}"
    number = len(cause["requirements"])
    return f"{cause['level']}, {plural(number, 'requirement')}" if number > 1 else cause["level"]


def _fitted(first: ResultViolation, room: int) -> str:
    """What was expected and what came, each with its beginning, in one line."""
    expected, got = visible(first["expected"]), visible(first["got"])
    left = room - len("expected , got ")
    if len(expected) + len(got) > left:
        expected = shorten(expected, max(2 * left // 3, left - len(got)))
        got = shorten(got, left - len(expected))
    return f"expected {expected}, got {got}"


def _first_place(cause: ResultCause, script: str, same: int) -> Iterator[Text]:
    first = cause.get("first")
    if first is None:
        return
    where, room = visible(place(first)), WIDTH - 3
    if len(where) + len(difference(first)) + 2 <= room:
        yield Text(f"   {where}: {difference(first)}")
    else:
        yield Text(f"   {shorten(where, room - 1)}:")
        yield Text(f"     {_fitted(first, room - 2)}")
    shown = command(first)
    if same:
        yield Text(f"   the command of {same} shows it", "dim")
    elif shown and len(shown) <= SHORT_COMMAND:
        yield Text(f"   {visible(shown)}")
    elif script:
        yield Text(f"   {script}")
    elif shown:
        yield Text(f"   the command is long: report.html#cause.{cause['id']}", "dim")
