"""`reports/README.md`, made from results, recipes and reviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from antiphon.matrix.published_result import PublishedResult
from antiphon.matrix.review import broken_musts
from antiphon.report.causes import causes_of
from antiphon.report.text import markdown
from antiphon.report.words import broken_line

HEAD = """# Real implementations

Servers that no one here wrote, each started by its recipe in [implementations/](../implementations/README.md), on
loopback and without a real model, and run once. `antiphon matrix site` makes this page of the results, and sets
them side by side in [matrix.md](matrix.md); [results/](results) has one of each, [clients/](clients) what
[real clients](../docs/clients.md) did with some. A different model, upstream or configuration may do otherwise.
The machine was busy, so times say nothing.
"""
WORDS = """
A broken must is **not its own** where the server only passes it on from its model or its upstream, **an echo**
where another finding says it of the same bytes, **false** where its exchange does not show it, **unread** where
nobody has compared it with its exchange yet; all others were read and are the server's own. The reasons are in
`review.yaml` beside each recipe, and on the page of each implementation in the site.

**Lost under load** are musts that held with one user and broke with so many at once, in a soak of some seconds;
[soak/](soak) names them. Nothing stands there where a recipe asks for no soak.

**The upstream** of the gateways answers `POST /chat/completions` with *Hello*, whole or as two deltas; with a call
of the named or first function where `tool_choice` asks for one, or where tools are offered and the last text has
the word *weather*; and with the smallest JSON that fits `json_schema`. It makes one choice whatever `n` says, has
no log probabilities, takes every model and value, and counts 5 tokens in and 1 out. A tool that is forced and not
called, or a parameter that is ignored, is a finding all the same: a client cannot tell why.

## What is broken

By cause, those of most servers first.
"""


def overview(results: Sequence[PublishedResult]) -> str:
    """The page."""
    return "\n".join([HEAD, *_table(results), WORDS, *_causes(results)]) + "\n"


def _table(results: Sequence[PublishedResult]) -> Iterator[str]:
    heads = [
        "server", "package", "what it is", "answers come from", "date", "calls", "broken musts", "not its own",
        "echoes", "false", "unread", "lost under load",
    ]  # fmt: skip
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for each in results:
        found, values = each.review, each.recipe.values
        counts = [broken_musts(each.result), found.not_its_own, found.echoes, found.mistaken, found.unread]
        cells = [
            each.recipe.name, each.recipe.package(each.subject.version), values["kind"], values["answers_from"],
            each.result["started_at"][:10], str(each.result["calls"]), *(str(len(count)) for count in counts),
            each.soak.text if each.soak else "",
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _causes(results: Sequence[PublishedResult]) -> Iterator[str]:
    for each in results:
        titles = [cause["title"] for cause in causes_of(each.result)][:1]
        yield f"- {each.name}: {broken_line(each.result)}{''.join(': ' + markdown(title) for title in titles)}"
    for id, heading in _headings(results).items():
        musts = list(_musts(id, results))
        if musts:
            yield from ("", f"**{markdown(heading)}**", "", *musts)


def _headings(results: Sequence[PublishedResult]) -> dict[str, str]:
    """The causes of any result, older versions among them, with their titles; those of most results first."""
    found = [cause for each in results for cause in causes_of(each.result)]
    counts = Counter(cause["id"] for cause in found)
    titles = {cause["id"]: cause["title"].partition(":")[0] for cause in found}
    return dict(sorted(titles.items(), key=lambda pair: (-counts[pair[0]], pair[1])))


def _musts(cause: str, results: Sequence[PublishedResult]) -> Iterator[str]:
    """The broken musts of a cause, each with the servers that break it for that cause."""
    servers: dict[str, list[str]] = {}
    for each in results:
        folded = next((found["requirements"] for found in causes_of(each.result) if found["id"] == cause), [])
        for requirement in set(broken_musts(each.result)).intersection(folded):
            servers.setdefault(requirement, []).append(each.name)
    return (f"- `{requirement}`: {', '.join(names)}" for requirement, names in sorted(servers.items()))
