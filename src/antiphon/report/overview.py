"""The head of a report on a terminal: is it the right server, how much holds, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from antiphon.report.effect_tables import claim_lines
from antiphon.report.result_model import Result, ResultProfile
from antiphon.report.text import shorten, visible
from antiphon.report.words import clients_by_fate, numbers, plural, target_of, title

MOST_LINE, MOST_LIST, MOST_NAMES = 80, 155, 235
"""Characters of a line, of one that takes two, and of a list of names that takes three, on the narrowest screen."""


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
    for holds, label, style in ((True, "holds", "green"), (False, "does not hold", "red"), (None, "unclear", "cyan")):
        reasons = {name: _reasons(profile) for name, profile in result["profiles"].items() if profile["holds"] is holds}
        if reasons:
            yield _line(f"profile {label}", _with_reasons(reasons), style, MOST_LIST)


def _reasons(profile: ResultProfile) -> list[str]:
    """Why a profile does not hold, or cannot be said to, the weightiest reason first."""
    reasons = [f"{len(profile['broken'])} broken"] if profile["broken"] else []
    reasons += [f"lacks {', '.join(profile['missing'])}"] if profile["missing"] else []
    return reasons + ([f"not asked: {', '.join(profile['not_asked'])}"] if profile.get("not_asked") else [])


def _with_reasons(reasons: Mapping[str, Sequence[str]]) -> list[str]:
    """The names with as many of their reasons as leave room for every name."""
    for most in range(max(map(len, reasons.values())), -1, -1):
        names = [f"{name} ({'; '.join(why[:most])})" if why[:most] else name for name, why in reasons.items()]
        if len(", ".join(names)) <= MOST_LIST - len("profile does not hold: "):
            break
    return names


def _clients(result: Result) -> Iterator[Text]:
    works, fails, unsure = clients_by_fate(result)
    if works:
        yield _line("works with", _titles(result, works), "green", MOST_NAMES)
    if fails and len(fails) == len(result["clients"]):
        yield Text(f"works with none of {plural(len(fails), 'client')}", "red")
    elif fails:
        told = [_with_features(result, name) for name in fails]
        yield _line(f"not with {len(fails)} of {len(result['clients'])} clients", told, "red", MOST_LIST)
    partly = {name: _judged_features(result, name) for name in unsure}
    names = [f"{result['clients'][name]['title']} ({shown})" for name, shown in partly.items() if shown]
    if names:
        yield _line("works as far as was judged with", names, "cyan", MOST_LIST)
    if len(names) < len(unsure):
        yield Text(f"not enough was judged to say of {plural(len(unsure) - len(names), 'client')}", "dim")


def _titles(result: Result, names: Sequence[str]) -> list[str]:
    return [result["clients"][name]["title"] for name in names]


def _with_features(result: Result, name: str) -> str:
    client = result["clients"][name]
    broken = [each for each, found in client.get("features", {}).items() if found["state"] == "fails"]
    return f"{client['title']} ({', '.join(broken)})" if broken else client["title"]


def _judged_features(result: Result, name: str) -> str:
    """How many of the features of a client work, of how many; empty where none does."""
    states = [each["state"] for each in result["clients"][name].get("features", {}).values()]
    return f"{states.count('works')} of {len(states)} features" if "works" in states else ""


def _line(label: str, names: Sequence[str], style: str, most: int) -> Text:
    """The label with its names; where there are too many for so many characters, with as many as fit."""
    room, shown = most - len(label) - len(": , and 00 more"), [visible(name) for name in names]
    while len(shown) > 1 and len(", ".join(shown)) > room:
        shown.pop()
    more = f", and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return Text.assemble((label, style), f": {shorten(', '.join(shown), room)}{more}")
