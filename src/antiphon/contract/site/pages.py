"""The contract as Markdown: the same data gives the same pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from antiphon.contract.load import all_requirements
from antiphon.contract.site import crossing, data, requirements, seed, values
from antiphon.contract.site.requirements import ProofOf
from antiphon.contract.site.text import page, table
from antiphon.errors import ConfigError

_PAGES: Mapping[str, tuple[str, Callable[[], str]]] = {
    "requirements.md": ("Requirements", requirements.overview),
    "events.md": ("Events of a stream", values.events),
    "items.md": ("Items, parts, annotations and tools", values.items),
    "errors.md": ("Errors", data.errors),
    "parameters.md": ("Parameters", data.parameters),
    "crossing.md": ("Crossing of modes, contexts and features", crossing.crossing),
    "disagreements.md": ("Disagreements of the sources", data.disagreements),
    "editions.md": ("Editions", data.editions),
    "clients.md": ("Clients, capabilities and profiles", data.clients),
    "seed.md": ("The seed document, line by line", seed.seed),
}


def pages(proof: ProofOf) -> dict[str, str]:
    """Every page by its path below the folder of the contract; `proof` says what judges a requirement."""
    texts = {name: page(title, body()) for name, (title, body) in _PAGES.items()}
    for area in dict.fromkeys(requirement.area for requirement in all_requirements().values()):
        texts[f"requirements/{area}.md"] = page(f"Requirements: {area}", requirements.area(area, proof))
    rows = [[f"[{title}]({name})", f"`{name}`"] for name, (title, _) in _PAGES.items()]
    head = "The contract that verdicts rest on, made from `spec/` by `antiphon spec --docs DIR`.\n\n"
    texts["README.md"] = page("The contract", head + table(["Page", "File"], rows))
    return dict(sorted(texts.items()))


def write(folder: Path, proof: ProofOf) -> list[Path]:
    """Write the pages into a folder, and take away those that are no longer made. Raises ConfigError."""
    texts = pages(proof)
    try:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in (folder / "requirements").glob("*.md"):
            if f"requirements/{path.name}" not in texts:
                path.unlink()
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror}.") from None
    return [folder / name for name in texts]
