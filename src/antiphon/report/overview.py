"""The head of a report on a terminal: is it the right server, how much holds, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from antiphon.report.effect_tables import claim_lines
from antiphon.report.result_model import Result
from antiphon.report.text import shorten, visible
from antiphon.report.words import clients_by_fate, numbers, plural, target_of, title

MOST_LINE, MOST_LIST = 80, 155
"""Characters of a line, and of a list of two lines, on the narrowest screen."""


def overview(result: Result) -> Iterator[Text]:
    """What was judged, how much of it holds, the profiles, and the clients."""
    yield Text(": ".join(filter(None, (_subject(result), identity(result)))), "bold")
    yield from (Text(line, "bold red") for line in claim_lines(result))
    yield Text(shorten(f"{numbers(result)}; {_work(result)}; edition {result['edition']}", MOST_LIST))
    if result["filtered"]:
        chosen = f" ({shorten(visible(result['filter']), MOST_LINE)})" if result["filter"] else ""
        yield Text(f"filtered{chosen}: the rest is unknown, so no statement covers the whole.")
    yield from _profiles(result)
    yield from _clients(result)


def _subject(result: Result) -> str:
    target = target_of(result)
    words = [title(result), target.get("version", "")]
    words += [f"model {target['model']}"] if "model" in target else []
    return shorten(visible(", ".join(word for word in words if word)), MOST_LINE)


def identity(result: Result) -> str:
    """Whether this is a server of the Responses API at all, in a sentence; empty where nothing shows it."""
    if result["source"] == "judge":
        seen = result["exchanges"]
        return f"{plural(seen['judged'], 'exchange')} judged, {seen['skipped']} skipped."
    core = result.get("capabilities", {}).get("core")
    if core is None:
        return ""
    if core["state"] == "unknown" and not core["evidence"]:
        return "not asked whether it is a server of the Responses API."
    if core["state"] in ("kept", "partial"):
        return "a server of the Responses API."
    return "not a working server of the Responses API."


def _work(result: Result) -> str:
    if result["source"] == "judge":
        return f"{result['duration']:.1f} s"
    return f"{plural(result['calls'], 'call')}, {result['duration']:.1f} s"


def _profiles(result: Result) -> Iterator[Text]:
    """The profiles that hold, those that do not and why, and those that cannot be said, a line each."""
    fates: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for name, profile in result["profiles"].items():
        lacks = f"lacks {', '.join(profile['missing'])}" if profile["missing"] else ""
        broken = f"{len(profile['broken'])} broken" if profile["broken"] else ""
        unasked = f"not asked: {', '.join(profile.get('not_asked', ()))}" if profile.get("not_asked") else ""
        why = "; ".join(reason for reason in (broken, lacks, unasked) if reason)
        fates[profile["holds"]].append(f"{name} ({why})" if why else name)
    for holds, label, style in ((True, "holds", "green"), (False, "does not hold", "red"), (None, "unclear", "cyan")):
        if fates[holds]:
            yield _line(f"profile {label}", fates[holds], style)


def _clients(result: Result) -> Iterator[Text]:
    works, fails, unsure = clients_by_fate(result)
    if works:
        yield _line("works with", _titles(result, works), "green")
    if fails:
        yield _line(f"not with {len(fails)} of {len(result['clients'])} clients", _titles(result, fails), "red")
    if unsure:
        yield Text(f"not enough was judged to say of {plural(len(unsure), 'client')}", "dim")


def _titles(result: Result, names: Sequence[str]) -> list[str]:
    return [result["clients"][name]["title"] for name in names]


def _line(label: str, names: Sequence[str], style: str) -> Text:
    return Text.assemble((label, style), f": {shorten(visible(', '.join(names)), MOST_LIST - len(label))}")
