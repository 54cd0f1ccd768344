"""The server under test."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import ConfigError
from antiphon.exercise.limits import Limits
from antiphon.exercise.receiver import Receiver


@dataclass(frozen=True)
class Target:
    """Where a server is and what is known of it. The key itself is read from the environment, and only when needed."""

    base_url: str
    model: str = "gpt-4o-mini"
    name: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    edition: str = DEFAULT_EDITION
    other_model: str | None = None
    reasoning_model: str | None = None
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    """Capability → whether the server has it, where that is known beforehand."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Extra request headers: name → name of the environment variable that holds the value."""
    limits: Limits = field(default_factory=Limits)
    verify_tls: bool = True
    own_key: str | None = field(default=None, repr=False)
    """The key of a server that we started ourselves."""

    webhook_listen: str = ""
    """Host and port at which webhooks are taken, which the server under test has been told; none are when empty."""
    webhook_secret_env: str = "OPENAI_WEBHOOK_SECRET"
    receiver: Receiver | None = field(default=None, repr=False, compare=False)
    """Takes the server's webhooks while the run goes on."""

    @property
    def api_key(self) -> str | None:
        """The key, or None when the environment has none."""
        return self.own_key or os.environ.get(self.api_key_env) or None

    def secrets(self) -> list[str]:
        """All values that must never be written."""
        values = [self.api_key, os.environ.get(self.webhook_secret_env), self.receiver and self.receiver.secret]
        values += [os.environ.get(name) for name in self.headers.values()]
        return [value for value in values if value]

    def request_headers(self) -> list[tuple[str, str]]:
        """The headers that every request carries. Raises ConfigError when a named variable is not set."""
        headers = [("Authorization", f"Bearer {self.api_key}")] if self.api_key else []
        for name, variable in self.headers.items():
            value = os.environ.get(variable)
            if value is None:
                raise ConfigError(
                    f"Header {name}: the environment has no variable {variable}; set it or drop the header."
                )
            headers.append((name, value))
        return headers

    def described(self) -> dict[str, Any]:
        """What may be published of the target."""
        return {"name": self.name or self.base_url, "base_url": self.base_url, "model": self.model}
