"""Listener for webhooks, where a target is configured to send them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from antiphon.errors import ConfigError
from antiphon.exercise.target import Target
from antiphon.exercise.webhooks.receiver import run_receiver


@contextmanager
def webhook_listener(target: Target) -> Iterator[Target]:
    """The target with a webhook receiver, where its configuration has an address for one."""
    if target.receiver or not target.webhook_listen:
        yield target
        return
    host, _, port = target.webhook_listen.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"webhook_listen is {target.webhook_listen!r}; give host and port, such as 127.0.0.1:9000.")
    with run_receiver(os.environ.get(target.webhook_secret_env) or None, host.strip("[]"), int(port)) as receiver:
        yield replace(target, receiver=receiver)
