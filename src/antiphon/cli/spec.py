"""`antiphon spec`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from antiphon.cli.options.common import FILE, edition_option
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import ConfigError


@click.command("spec")
@click.option("--bundle", is_flag=True, help="OpenAPI 3.1, self-contained, as the edition reads it.")
@click.option("--schema", metavar="KIND", help="The JSON Schema of one kind of value; with --type of one type of it.")
@click.option("--type", "type_", metavar="NAME", help="The type of the kind, as in `--schema event --type error`.")
@click.option("--docs", type=FILE, metavar="DIR", help="Write the contract as Markdown into DIR.")
@click.option("-o", "--out", type=FILE, metavar="FILE", help="Write into FILE instead of to the screen.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, not YAML.")
@edition_option
def command(
    bundle: bool, schema: str | None, type_: str | None, docs: Path | None, out: Path | None, as_json: bool,
    edition: str | None,
) -> None:  # fmt: skip
    """Print the contract for other tools: as OpenAPI, as JSON Schema, as Markdown."""
    if sum(map(bool, (bundle, schema, docs))) != 1:
        raise ConfigError("Give one of --bundle, --schema KIND and --docs DIR.")
    if type_ and not schema:
        raise ConfigError("--type is of a kind: give --schema KIND as well.")
    name = edition or DEFAULT_EDITION
    if bundle:
        from antiphon.contract.openapi import bundle_document

        _print(bundle_document(name), out, as_json)
    elif schema:
        from antiphon.contract.schemas.standalone import standalone

        _print(standalone(schema, type_, name), out, as_json)
    elif docs:
        from antiphon.contract.site.pages import write
        from antiphon.explain.proofs import proof

        for path in write(docs, proof):
            click.echo(path)


def _print(value: Any, out: Path | None, as_json: bool) -> None:
    as_json = as_json or (out is not None and out.suffix == ".json")
    if as_json:
        text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    else:
        import yaml

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}.") from None
