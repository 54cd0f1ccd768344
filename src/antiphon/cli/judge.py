"""`antiphon judge`."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from antiphon.cli.options.common import FILE, edition_option
from antiphon.cli.options.gate import GateOptions, gate_options
from antiphon.cli.options.output import output_options
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import Exit
from antiphon.report.output import Output

if TYPE_CHECKING:
    from antiphon.run.judge_options import JudgeOptions
    from antiphon.run.part import JudgementPart


@click.command("judge")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@edition_option
@click.option("-k", "--select", multiple=True, metavar="ID", help="Only this requirement, or all whose id begins so.")
@click.option("--provider", metavar="NAME", help="Only exchanges of this provider, where a file names them.")
@click.option("--sample", metavar="SHARE", help="Only a share of the responses, such as 1%; chains stay whole.")
@click.option("--since", metavar="TIME", help="Only exchanges since a moment, or since a duration such as 2h.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that judge. [default: the cores]")
@click.option("--partial", type=FILE, metavar="FILE", help="Write what is found as a part that can be merged.")
@click.option("--merge", is_flag=True, help="Each FILE is such a part; report on all of them together.")
@click.option("--follow", is_flag=True, help="Judge a log as it grows; Ctrl-C ends that with the report.")
@click.option("--scheduler", metavar="ADDRESS", help="Judge on the workers of a Dask cluster; FILE may be s3://….")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
@gate_options
@output_options
def command(
    files: tuple[str, ...],
    edition: str | None,
    select: tuple[str, ...],
    provider: str | None,
    sample: str | None,
    since: str | None,
    jobs: int | None,
    partial: Path | None,
    merge: bool,
    follow: bool,
    scheduler: str | None,
    report_dir: Path | None,
    asked: GateOptions,
    output: Output,
) -> int:
    """Judge recorded traffic by every check that needs no certain scenario.

    FILE is a transcript, a recording of another program, or what was pasted from a terminal, a log or an issue; plain
    or gzip; - is standard input. docs/recordings.md has a table of what is read and what is lost in each form.
    Transcripts of `antiphon run`, such as those of its shards, are judged in full and as one run, unless a part is
    written or only some of the exchanges are judged.
    """
    from antiphon.pytest_plugin.suite_runner import edition_of_run, run_suite
    from antiphon.run.judge_cluster import judged_on_cluster
    from antiphon.run.judge_files import judged_part, merged_part
    from antiphon.run.judge_options import JudgeOptions
    from antiphon.run.live import finish
    from antiphon.run.options import RunOptions
    from antiphon.run.streamed_input import seekable_files

    if merge + follow + bool(scheduler) > 1:
        raise click.UsageError("--merge, --follow and --scheduler are three ways to judge; name one of them.")
    folder, names = report_dir or Path("antiphon-report"), tuple(map(Path, files))
    options = JudgeOptions((), edition, select, provider, (), sample, since, jobs or _cores())
    policy = None if merge else asked.policy(edition or DEFAULT_EDITION)
    if merge:
        _raise_if_decided(edition=edition, select=select, provider=provider, sample=sample, since=since)
        part = merged_part(names)
        policy = asked.policy(part.edition)
    elif scheduler:
        part = judged_on_cluster(options, files, scheduler)
    elif follow:
        part = _followed(options, names)
    else:
        with seekable_files(names) as paths:
            played = None if provider or sample or since or partial else edition_of_run(paths)
            if played:
                plan = RunOptions(edition=edition or played, transcripts=paths, select=select)
                return finish(run_suite(plan), folder, asked.policy(plan.edition), output)
            part = judged_part(replace(options, files=paths, names=names))
    return _written(part, partial) if partial else part.finish(folder, policy, output)


def _followed(options: JudgeOptions, files: tuple[Path, ...]) -> JudgementPart:
    from antiphon.run.growing_file import follow

    if len(files) != 1 or str(files[0]) == "-":
        raise click.UsageError("--follow takes one file.")
    stop = Event()
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        return follow(options, files[0], stop)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _written(part: JudgementPart, path: Path) -> int:
    part.write(path)
    for remark in part.remarks():
        click.echo(f"{remark.where}: {remark.message}", err=True)
    click.echo(f"{path}: a part, for `antiphon judge --merge`.", err=True)
    return Exit.HOLDS


def _raise_if_decided(**options: object) -> None:
    for name, value in options.items():
        if value:
            raise click.UsageError(f"--{name} was decided when the parts were written; leave it out with --merge.")


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
