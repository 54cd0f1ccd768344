"""Makes the last part of README.md, what is broken, from the results: `python reports/groups.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from antiphon.report.causes import causes_of
from antiphon.report.files import load_result, write_atomically
from antiphon.report.result_model import Result
from antiphon.report.series import causes, columns
from antiphon.report.text import markdown
from antiphon.report.words import broken_line

HERE = Path(__file__).parent
HEADING = "## What is broken"
SHORT = {"open-responses-server": "o-r-s"}


def published() -> dict[str, Result]:
    """The results by the names of their servers."""
    return {path.stem: load_result(path) for path in sorted((HERE / "results").glob("*.json"))}


def section(results: Mapping[str, Result]) -> str:
    """Which musts are broken, under their causes, by which servers."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Result]) -> Iterator[str]:
    yield HEADING
    yield ""
    yield "By cause, those of most servers first. `python reports/groups.py` writes this part from the results."
    yield "o-r-s is open-responses-server; what is behind each cause there and elsewhere is on its page in the site."
    yield ""
    for name, result in results.items():
        yield f"- {SHORT.get(name, name)}: {broken_line(result)}: {markdown(causes_of(result)[0]['title'])}"
    for id, heading in causes(columns(list(results.values()))).items():
        musts = list(_musts(id, results))
        if musts:
            yield from ("", f"**{markdown(heading)}**", "", *musts)


def _musts(cause: str, results: Mapping[str, Result]) -> Iterator[str]:
    """The broken musts of a cause, each with the servers that break it for that cause."""
    servers: dict[str, list[str]] = {}
    for name, result in results.items():
        musts = {each["id"] for each in result["requirements"] if each["verdict"] == "fail"}
        folded = next((each["requirements"] for each in causes_of(result) if each["id"] == cause), [])
        for requirement in musts.intersection(folded):
            servers.setdefault(requirement, []).append(SHORT.get(name, name))
    return (f"- `{requirement}`: {', '.join(names)}" for requirement, names in sorted(servers.items()))


def main() -> None:
    """Write the part into the page."""
    page = HERE / "README.md"
    head = page.read_text(encoding="utf-8").split(HEADING)[0]
    write_atomically(page, head + section(published()))


if __name__ == "__main__":
    main()
