"""`antiphon judge`."""

from __future__ import annotations

from pathlib import Path

import click

from antiphon.cli.options.common import FILE, edition_option
from antiphon.cli.options.gate import GateOptions, gate_options
from antiphon.cli.options.output import output_options
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.report.output import Output


@click.command("judge")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@edition_option
@click.option("-k", "--select", multiple=True, metavar="ID", help="Only this requirement, or all whose id begins so.")
@click.option("--provider", metavar="NAME", help="Only exchanges of this provider, where a file names them.")
@click.option("--sample", metavar="SHARE", help="Only a share of the responses, such as 1%; chains stay whole.")
@click.option("--since", metavar="TIME", help="Only exchanges since a moment, or since a duration such as 2h.")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
@gate_options
@output_options
def command(
    files: tuple[Path, ...],
    edition: str | None,
    select: tuple[str, ...],
    provider: str | None,
    sample: str | None,
    since: str | None,
    report_dir: Path | None,
    asked: GateOptions,
    output: Output,
) -> int:
    """Judge recorded traffic by every check that needs no certain scenario.

    FILE is a transcript, a recording of another program, or what was pasted from a terminal, a log or an issue; plain
    or gzip; - is standard input. docs/recordings.md has a table of what is read and what is lost in each form.
    Transcripts of `antiphon run`, such as those of its shards, are judged in full and as one run.
    """
    from antiphon.pytest_plugin.suite_runner import edition_of_run, run_suite
    from antiphon.run.live import finish
    from antiphon.run.options import RunOptions
    from antiphon.run.recordings import JudgeOptions, judge_files
    from antiphon.run.streamed_input import seekable_files

    folder = report_dir or Path("antiphon-report")
    with seekable_files(files) as paths:
        played = None if provider or sample or since else edition_of_run(paths)
        policy = asked.policy(edition or played or DEFAULT_EDITION)
        if played:
            plan = RunOptions(edition=edition or played, transcripts=paths, select=select)
            return finish(run_suite(plan), folder, policy, output)
        options = JudgeOptions(paths, edition, select, provider, files, sample, since)
        return judge_files(options, folder, policy, output)
