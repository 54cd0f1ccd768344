"""Target as printed commands name it: its address, and the variables that hold keys, headers and query."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEY_VARIABLE, SECOND_KEY_VARIABLE = "OPENAI_API_KEY", "SECOND_API_KEY"
RESTARTED = "http://127.0.0.1:8000/v1"
"""Where `antiphon serve` listens: a reference server that ended with its run is started again."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class CommandTarget:
    """Where commands go, and how they ask. No secret is in it, only the names of variables."""

    base_url: str = ""
    """Empty for that of a recording, which stands in OPENAI_BASE_URL."""
    model: str = ""
    key_variable: str = KEY_VARIABLE
    second_key_variable: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header → variable of its value."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Query parameter → variable of its value."""
    is_reference: bool = False
    """The reference server, which ended with the run."""
    faults: Sequence[str] = ()
    """Its faults."""

    @classmethod
    def of_reference(cls, model: str, faults: Sequence[str]) -> CommandTarget:
        """The reference server of a run, as it is when it is started again."""
        return cls(RESTARTED, model, second_key_variable=SECOND_KEY_VARIABLE, is_reference=True, faults=tuple(faults))

    @classmethod
    def from_json(cls, value: Any, base_url: str, model: str) -> CommandTarget:
        """A target as the header of a transcript has it. What is no name of a variable is left out."""
        found: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if found.get("is_reference") is True:
            return cls.of_reference(model, [each for each in _list(found.get("faults")) if _is_name(each)])
        return cls(
            base_url,
            model,
            _variable(found.get("key_variable")) or KEY_VARIABLE,
            _variable(found.get("second_key_variable")),
            _variables(found.get("headers")),
            _variables(found.get("query")),
        )

    def as_json(self) -> dict[str, Any]:
        """What the header of a transcript says beside address and model."""
        if self.is_reference:
            return {"is_reference": True, "faults": list(self.faults)}
        names = ("key_variable", "second_key_variable", "headers", "query")
        values = {name: getattr(self, name) for name in names}
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items() if value}

    @property
    def start(self) -> str:
        """The command that starts the reference server again, for the two keys that scripts set."""
        faults = (f" --fault {shlex.quote(each)}" for each in self.faults)
        return f"antiphon serve{''.join(faults)} --api-key one --api-key two"

    @property
    def keys(self) -> str:
        """The line of a script that sets the keys of the reference server; empty for any other."""
        variables = {self.key_variable: "one", self.second_key_variable: "two"}
        return " ".join(f"{name}=${{{name}:-{key}}}" for name, key in variables.items()) if self.is_reference else ""

    def run_command(self, *options: str) -> str:
        """The `antiphon run` that plays a part of the suite against the target again."""
        words = [f"--fault={each}" for each in self.faults] if self.is_reference else [self.base_url]
        if not self.is_reference:
            words += [f"--model={self.model}"] if self.model else []
            words += [f"--api-key-env={self.key_variable}"] if self.key_variable != KEY_VARIABLE else []
            words += [f"--second-api-key-env={self.second_key_variable}"] if self.second_key_variable else []
            words += [f"--header={name}: ${variable}" for name, variable in self.headers.items()]
            words += [f"--query={name}=${variable}" for name, variable in self.query.items()]
        return shlex.join(["antiphon", "run", *words, *options])

    def credentials(self, sent: Mapping[str, str], is_second: bool) -> Iterator[tuple[str, str]]:
        """Headers of a request whose values stand in variables: name, and value in the double quotes of a shell.

        `sent` are the headers of the request, by name in lower case.
        """
        configured = {name.lower(): (name, f"${variable}") for name, variable in self.headers.items()}
        yield from (pair for name, pair in configured.items() if name in sent)
        variable = self.second_key_variable if is_second and self.second_key_variable else self.key_variable
        if "authorization" in sent and "authorization" not in configured:
            yield "Authorization", f"Bearer ${variable}"
        if "api-key" in sent and "api-key" not in configured:
            yield "api-key", f"${variable}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9-]+", value) is not None


def _variable(value: Any) -> str:
    return value if isinstance(value, str) and _VARIABLE.fullmatch(value) else ""


def _variables(value: Any) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(name): variable for name, each in pairs if (variable := _variable(each))}
