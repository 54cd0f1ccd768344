"""Options that several commands share, and what they add up to."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from antiphon import config
from antiphon.cli.options.discovery import address_of, with_guesses
from antiphon.contract.load import DEFAULT_EDITION, edition, edition_ids, nearest
from antiphon.errors import ConfigError
from antiphon.exercise.target import Target

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

_TARGET = (
    click.argument("address", required=False),
    click.option("--base-url", metavar="URL", help="Where the API is, with its /v1. [default: the reference server]"),
    click.option("--model", metavar="NAME", help="The model that requests name."),
    click.option("--server-version", metavar="TEXT", help="The server's version, for the reports."),
    click.option("--api-key-env", metavar="VAR", help="The variable that holds the key. [default: OPENAI_API_KEY]"),
    click.option("--other-model", metavar="NAME", help="A second model, for what needs two."),
    click.option("--reasoning-model", metavar="NAME", help="A model that reasons."),
    click.option("--second-api-key-env", metavar="VAR", help="The variable that holds the key of a second tenant."),
    click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="A header of every request; a VALUE of the form $VAR is taken from the environment.",
    ),
    click.option("--query", multiple=True, metavar="NAME=VALUE", help="A query parameter of every request."),
    click.option(
        "--body-field",
        "body",
        multiple=True,
        metavar="NAME=JSON",
        help="A field of every request that a model answers, where it has none of that name.",
    ),
    click.option("--concurrency", type=int, metavar="N", help="The most calls at once. [default: 32]"),
    click.option("--timeout", type=float, metavar="SECONDS", help="The longest that a reply may take. [default: 120]"),
    click.option(
        "--idle-timeout", type=float, metavar="SECONDS", help="The longest silence inside a reply. [default: 30]"
    ),
    click.option("--connect-timeout", type=float, metavar="SECONDS", help="The longest to a connection. [default: 10]"),
    click.option("--rate", metavar="N/UNIT", help="The most calls in a time, such as 60/min."),
    click.option("--webhook-listen", metavar="HOST:PORT", help="Take webhooks there; tell the server so beforehand."),
    click.option("--target", "target_name", metavar="NAME", help="A target of antiphon.toml."),
    click.option(
        "--config", "config_file", type=FILE, metavar="FILE", help="A configuration file. [default: antiphon.toml]"
    ),
    click.option("--ca-file", metavar="FILE", help="Certificate authorities to trust, in PEM format."),
    click.option("--client-cert", metavar="FILE", help="A certificate to show, with its key, in PEM format."),
    click.option("--insecure", is_flag=True, help="Do not verify TLS certificates."),
)


_REPEATABLE = {"headers": "--header", "query": "--query", "body": "--body-field"}


def target_options(function: F) -> F:
    """The options that name a target."""
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_TARGET), function)


def edition_option(function: F) -> F:
    """The option that names an edition."""
    option = click.option("--edition", metavar="ID", help=f"The reading of the contract. [default: {DEFAULT_EDITION}]")
    return option(function)


def target_of(
    base_url: str | None,
    target_name: str | None,
    config_file: Path | None,
    insecure: bool,
    **given: Any,
) -> tuple[Target | None, config.Config]:
    """The target that the options and the configuration name; None for the reference server."""
    address = given.pop("address", None)
    base_url = address_of(address, base_url, target_name)
    read = config.load(config_file)
    more = {
        "headers": config.pairs(given.pop("headers", ()), ":", "--header"),
        "query": config.pairs(given.pop("query", ()), "=", "--query"),
        "body": config.body_fields(given.pop("body", ()), "--body-field"),
    }
    name = target_name or read.run.get("target")
    if not base_url and not name:
        strays = [f"--{key.replace('_', '-')}" for key, value in given.items() if value and key != "edition"]
        strays += [_REPEATABLE[key] for key, value in more.items() if value]
        if strays:
            raise ConfigError(f"{strays[0]} needs a server: give its address or --target as well.")
        return None, read
    settings: dict[str, Any] = read.target(name) if name and not base_url else {}
    settings = config.with_options(settings, given)
    for key, values in more.items():
        settings[key] = {**settings.get(key, {}), **values}
    if base_url:
        settings["base_url"] = base_url
    if insecure:
        settings["verify_tls"] = False
    target = config.target(settings)
    if address:
        return with_guesses(target, settings), read
    is_guessed = base_url and "model" not in settings
    return replace(target, assumed=frozenset({"model"})) if is_guessed else target, read


def edition_of(requested: str | None, target: Target | None, read: config.Config) -> str:
    """The edition to judge by. Raises ConfigError for an unknown one."""
    name = str(requested or (target.edition if target else None) or read.run.get("edition") or DEFAULT_EDITION)
    if name not in edition_ids():
        raise ConfigError(f"No edition {name!r}; {nearest(name, edition_ids())}")
    return edition(name).id


def shard_of(text: str) -> tuple[int, int]:
    """`2/4` as (2, 4). Raises ConfigError."""
    number, slash, of = text.partition("/")
    if not slash or not number.isdecimal() or not of.isdecimal():
        raise ConfigError(f"Shard {text!r} is not of the form I/N, such as 1/4.")
    return int(number), int(of)
