"""The server under test."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.credential_names import is_credential
from antiphon.errors import ConfigError
from antiphon.exercise.budget.prices import prices
from antiphon.exercise.http.address import parse_base_url
from antiphon.exercise.limits import Limits
from antiphon.exercise.pace import parse_rate
from antiphon.exercise.webhooks.receiver import Receiver


@dataclass(frozen=True)
class Target:
    """Where a server is and what is known of it. The key itself is read from the environment, and only when needed."""

    base_url: str
    model: str = "gpt-4o-mini"
    name: str = ""
    server_version: str = ""
    """The version of the server, where its tester knows it."""
    api_key_env: str = "OPENAI_API_KEY"
    edition: str = DEFAULT_EDITION
    other_model: str | None = None
    reasoning_model: str | None = None
    second_api_key_env: str = ""
    """The variable that holds the key of a second tenant; none when empty."""
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    """Capability → whether the server has it, where that is known beforehand."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Extra request headers: name → value, or `$NAME` for that of an environment variable."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Query parameters of every request, likewise."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the body of every request that a model answers, where it has none of that name."""
    rate: str = ""
    """The most calls in a time, such as `60/min`; as many as there are when empty."""
    retries: int = 2
    """How often a call is made again after a 429 or 5xx."""
    clean_up: bool = True
    """Delete at the end what the run stored."""
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Model → what a million tokens cost, `input` and `output`."""
    limits: Limits = field(default_factory=Limits)
    assumed: frozenset[str] = frozenset()
    """Of `base_url`, `model` and `api_key_env`, those that are guesses, so that the server is asked first.

    `version` says that a path was given which does not end as that of an API does, so that a `/v1` may follow.
    """
    verify_tls: bool = True
    ca_file: str = ""
    """A file with the certificate authorities that are trusted, in PEM format; those of the system when empty."""
    client_cert: str = ""
    """A file with the certificate that we show, and its key, in PEM format."""
    own_key: str | None = field(default=None, repr=False)
    """The key of a server that we started ourselves."""
    own_second_key: str | None = field(default=None, repr=False)

    webhook_listen: str = ""
    """Host and port of the webhook receiver, as configured in the server under test; empty for no receiver."""
    webhook_secret_env: str = "OPENAI_WEBHOOK_SECRET"
    receiver: Receiver | None = field(default=None, repr=False, compare=False)
    """Receiver of the server's webhooks during the run."""

    def __post_init__(self) -> None:
        parse_rate(self.rate)
        prices(self.prices)
        for name, value in self.headers.items():
            if is_credential(name) and not value.startswith("$"):
                raise ConfigError(f"Header {name} is a secret; put it in a variable and write {name}: $VARIABLE.")

    @property
    def is_free(self) -> bool:
        """Calls cost nothing, as far as is known: it has no prices, and its address is of this machine or private."""
        return not self.prices and parse_base_url(self.base_url).is_private

    @property
    def api_key(self) -> str | None:
        """The key, or None when the environment has none."""
        return self.own_key or os.environ.get(self.api_key_env) or None

    @property
    def second_api_key(self) -> str | None:
        """The key of a second tenant, or None where there is none."""
        return self.own_second_key or os.environ.get(self.second_api_key_env) or None

    def secrets(self) -> list[str]:
        """All values that must never be written."""
        values = [self.api_key, self.second_api_key, os.environ.get(self.webhook_secret_env)]
        values.append(self.receiver.secret if self.receiver else None)
        values += [os.environ.get(value[1:]) for value in (*self.headers.values(), *self.query.values())
                   if value.startswith("$")]  # fmt: skip
        return [value for value in values if value]

    def request_headers(self) -> list[tuple[str, str]]:
        """The headers that every request carries; a configured Authorization takes the place of the key.

        Raises ConfigError when a named variable is not set.
        """
        headers = [(name, _filled_in("Header", name, value)) for name, value in self.headers.items()]
        has_own = any(name.lower() == "authorization" for name, _ in headers)
        return headers if has_own or not self.api_key else [("Authorization", f"Bearer {self.api_key}"), *headers]

    def request_query(self) -> list[tuple[str, str]]:
        """The query that every request carries. Raises ConfigError when a named variable is not set."""
        return [(name, _filled_in("Query", name, value)) for name, value in self.query.items()]

    @classmethod
    def from_header(cls, described: Mapping[str, Any]) -> Target:
        """A target as described by the header of a stored run."""
        base_url, model, name, version = (
            str(described.get(key) or "") for key in ("base_url", "model", "name", "version")
        )
        return cls(base_url, model, name, version)

    def as_json(self) -> dict[str, Any]:
        """Fields of the target that may be published."""
        shown = {"name": self.name or self.base_url, "base_url": self.base_url, "model": self.model}
        shown |= {"version": self.server_version} if self.server_version else {}
        return shown | ({"capabilities": dict(self.capabilities)} if self.capabilities else {})


def _filled_in(what: str, name: str, value: str) -> str:
    if not value.startswith("$"):
        return value
    found = os.environ.get(value[1:])
    if found is None:
        raise ConfigError(f"{what} {name}: the environment has no variable {value[1:]}; set it, or drop {name}.")
    return found
