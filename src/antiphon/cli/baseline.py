"""`antiphon baseline`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.errors import ConfigError


@click.command("baseline")
@click.argument("path", type=FILE, metavar="RESULT")
@click.option("--update", type=FILE, metavar="FILE", help="Keep the entries of this baseline that are still true.")
@click.option("--reason", default="", metavar="TEXT", help="Why it is broken. [default: what was found]")
@click.option("--owner", metavar="NAME", help="Who will fix it.")
@click.option("--link", default="", metavar="URL", help="Where it is followed up.")
@click.option("--expires", metavar="DATE", help="The last day, YYYY-MM-DD. [default: 90 days after the result]")
@click.option("-o", "--out", type=FILE, metavar="FILE", help="Write there. [default: standard output]")
def command(
    path: Path, update: Path | None, reason: str, owner: str | None, link: str, expires: str | None, out: Path | None
) -> None:
    """Write a baseline that expects what is broken in RESULT, so that only what breaks newly fails a build.

    Give it to `antiphon run --baseline FILE`. A must that is broken now is excused until a day, then it fails again.
    """
    from antiphon.contract.load import contract
    from antiphon.gate.baseline import load as load_baseline
    from antiphon.gate.baseline_writer import NOBODY, Words, baseline
    from antiphon.report.files import load_result, write_atomically

    if link and not link.startswith(("http://", "https://")):
        raise ConfigError(f"--link {link!r} is not an address; it begins with https://.")
    result = load_result(path)
    before = load_baseline(update, contract(result["edition"])) if update else None
    text = baseline(result, Words(reason, owner or NOBODY, link, _day(expires)), before)
    if out:
        write_atomically(out, text)
    else:
        click.echo(text, nl=False)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--expires {text!r} is not a date; write YYYY-MM-DD.") from None
    if day < datetime.now(UTC).date():
        raise ConfigError(f"--expires {text} is past; give a day to come.")
    return day
