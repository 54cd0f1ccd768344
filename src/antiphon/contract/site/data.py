"""Pages of errors, parameters, disagreements, editions and clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.edition_changes import between
from antiphon.contract.load import DEFAULT_EDITION, contract, edition, edition_ids
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.library import relaxations
from antiphon.contract.site.text import anchor, code, codes, heading_line, link, table
from antiphon.contract.spec_files import read_validated
from antiphon.contract.triggers import Trigger, triggers

LONGEST = 160
"""Characters of a value that a cell shows."""


def value_text(value: Any) -> str:
    """A value as code, cut where it is long."""
    text = code(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]}…`"


def errors() -> str:
    """Ways to be refused by operation, and the codes, types and statuses that are known."""
    value = read_validated(spec_dir() / "errors.yaml", "errors")
    parts = ["Each way to be refused: what is sent, and what the service answers. `—` means that it is not compared.\n"]
    for operation in dict.fromkeys(each.operation for each in triggers()):
        mine = [each for each in triggers() if each.operation == operation]
        rows = [_trigger(each) for each in mine]
        parts += [f"## {operation}\n", table(["Trigger", "Sent", "Status", "Code", "Param", "Accepted"], rows)]
    for name, title in (("codes", "Codes"), ("types", "Types")):
        rows = [[f"`{each}`", ", ".join(map(str, statuses))] for each, statuses in value[name].items()]
        parts += [f"## {title}\n", table([title[:-1], "Statuses"], rows)]
    rows = [[str(status), ", ".join(sources)] for status, sources in value["statuses"].items()]
    parts += ["## Statuses\n", table(["Status", "Documented by"], rows)]
    rows = [[source, codes(names)] for source, names in value["response_error_codes"].items()]
    return "\n".join([*parts, "## Codes of failed responses\n", table(["Source", "Codes"], rows)])


def _trigger(each: Trigger) -> list[str]:
    expected = each.expected
    given = f"after `{each.setup}`: " if each.setup else ""
    cells = ["—" if key not in expected else value_text(expected[key]) for key in ("code", "param")]
    accepted = ", ".join(map(str, each.accept))
    name = f'<a id="{each.id}"></a>{link(each.requirement, title=f"`{each.id}`")}'
    return [name, given + value_text(dict(each.request)), str(expected["status"]), *cells, accepted]


def parameters() -> str:
    """The parameters of every operation."""
    value = read_validated(spec_dir() / "parameters.yaml", "parameters")["operations"]
    parts = []
    for operation, part in value.items():
        rows = [_parameter(operation, each) for each in part["parameters"]]
        head = ["Parameter", "Type", "Says", "Limits", "Refused", "Echo", "Sources"]
        parts += [f"## {operation} ({part['in']})\n", table(head, rows)]
    return "\n".join(parts)


def _parameter(operation: str, each: Mapping[str, Any]) -> list[str]:
    types = " or ".join(each["type"]) + (" or null" if each.get("nullable") else "")
    keys = ("default", "minimum", "maximum", "max_length", "max_properties", "min_items", "max_items", "enum")
    limits = "; ".join(f"{key.replace('_', ' ')} {value_text(each[key])}" for key in keys if key in each)
    refused = codes(dict.fromkeys(each.get("invalid", ())))
    echo = each.get("echo") or {}
    note = f" {each['note']}" if "note" in each else ""
    name = f'<a id="{operation}.{each["name"]}"></a>`{each["name"]}`'
    return [name, types, each["says"] + note, limits, refused, echo.get("how", ""), ", ".join(each["sources"])]


def disagreements() -> str:
    """Where the sources differ, and what is decided."""
    value = read_validated(spec_dir() / "disagreements.yaml", "disagreements")["disagreements"]
    parts = []
    for each in value:
        positions = table(["Source", "Says"], [[source, str(said)] for source, said in each["positions"].items()])
        parts += [heading_line(2, f"{each['id']}: {each['topic']}", each["id"]), positions]
        parts += [f"**Decided.** {each['decision']}\n", f"In {', '.join(map(_place, each['where']))}.\n"]
    return "\n".join(parts)


def _place(where: str) -> str:
    kind, _, name = where.partition(":")
    return link(name) if kind == "requirement" else f"`{where}`"


def editions() -> str:
    """Each edition, and how it differs from the default one."""
    parts = []
    for name in sorted(edition_ids(), key=lambda each: each != DEFAULT_EDITION):
        reading = edition(name)
        parts.append(f"{heading_line(2, name, name)}\n{reading.title}, {reading.date}.\n")
        parts.append("".join(f"- {each['source']}: {each['what']}\n" for each in reading.data.get("sources", ())))
        if name == DEFAULT_EDITION:
            rows = [[key, f"`{each.method} {each.path}`"] for key, each in reading.routes.items()]
            parts += ["### Routes\n", table(["Operation", "Route"], rows)]
        else:
            lines = [line.replace("|", "\\|") for line in list(between(DEFAULT_EDITION, name))[1:]]
            parts += [f"### Against {DEFAULT_EDITION}\n", "```text", *lines, "```\n"]
        rows = [[anchor(each["id"]), each["says"]] for each in reading.data.get("quirks", ())]
        own = [
            [f"`{each.id}`", each.reason, str(each.until or "")] for each in relaxations(name) if each.edition == name
        ]
        parts += ["### Quirks\n" if rows else "", table(["Quirk", "Says"], rows)]
        parts += ["### Relaxations of schemas\n" if own else "", table(["Relaxation", "Reason", "Until"], own)]
    return "\n".join(parts)


def clients() -> str:
    """What each client needs, what a server may lack, and which sets of capabilities have a name."""
    book = contract()
    parts = ["What a client needs was measured by servers that break one thing each: it choked on a breach of these.\n"]
    for client in book.clients.values():
        parts.append(heading_line(2, f"{client.title} {client.version} ({client.date})", client.id))
        rows = [[link(name), book.every[name].says] for name in client.needs]
        parts.append(table(["Needs", "Promise"], rows))
    rows = [[anchor(each.id), each.says, " ".join(each.declined_when)] for each in book.capabilities.values()]
    parts += ["## Capabilities\n", table(["Capability", "Says", "Declined when"], rows)]
    rows = [[anchor(f"profile-{each.id}"), each.says, codes(each.capabilities)] for each in book.profiles.values()]
    return "\n".join([*parts, "## Profiles\n", table(["Profile", "Says", "Capabilities"], rows)])
