"""The contract as Markdown, made from `spec/` alone: the same data gives the same pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from antiphon.contract import pages_data, pages_requirements, pages_values
from antiphon.contract.load import all_requirements
from antiphon.contract.pages_text import page, table
from antiphon.errors import ConfigError

COMMAND = "antiphon spec --docs docs/contract"
_PAGES: Mapping[str, tuple[str, Callable[[], str]]] = {
    "requirements.md": ("Requirements", pages_requirements.overview),
    "events.md": ("Events of a stream", pages_values.events),
    "items.md": ("Items, parts, annotations and tools", pages_values.items),
    "errors.md": ("Errors", pages_data.errors),
    "parameters.md": ("Parameters", pages_data.parameters),
    "disagreements.md": ("Disagreements of the sources", pages_data.disagreements),
    "editions.md": ("Editions", pages_data.editions),
    "clients.md": ("Clients, capabilities and profiles", pages_data.clients),
}


def pages() -> dict[str, str]:
    """Every page by its path below the folder of the contract."""
    made = {name: page(title, body()) for name, (title, body) in _PAGES.items()}
    for area in dict.fromkeys(each.area for each in all_requirements().values()):
        made[f"requirements/{area}.md"] = page(f"Requirements: {area}", pages_requirements.area(area))
    rows = [[f"[{title}]({name})", f"`{name}`"] for name, (title, _) in _PAGES.items()]
    head = f"The contract that verdicts rest on. Written by `{COMMAND}` from `spec/`; change that, not this.\n\n"
    made["README.md"] = page("The contract", head + table(["Page", "File"], rows))
    return dict(sorted(made.items()))


def write(folder: Path) -> list[Path]:
    """Write the pages into a folder, and take away those that are no longer made. Raises ConfigError."""
    made = pages()
    try:
        for name, text in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in (folder / "requirements").glob("*.md"):
            if f"requirements/{path.name}" not in made:
                path.unlink()
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror}.") from None
    return [folder / name for name in made]
