"""Build the documentation site from `docs/` and `spec/`, and check every link of it; `tox -e docs` runs this.

    python -m tools.build_site

The contract's pages and the matrix of implementations are made in the build and kept nowhere else. Zensical reads
`build/docs` and writes `build/site`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from tools.site_links import broken_links

from antiphon.contract.site.pages import write
from antiphon.explain.proofs import proof
from antiphon.matrix.pages import write_site
from antiphon.matrix.recipe import recipes

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "tools" / "site.yml"
PROJECT_PAGES = ("CONTRIBUTING.md", "CHANGELOG.md", "VERSIONING.md", "SECURITY.md")
"""Documents of the root that are pages of the site too, in its folder `project`."""
LINK = re.compile(r"(?<=\]\()([^)#\s]+)(#[^)\s]*)?(?=\))")
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


class BrokenLink(Exception):
    """A document of the repository links to nothing."""


def sources() -> dict[Path, Path]:
    """Each file of the site that stands in the repository, with its place below the site's folder."""
    docs = ROOT / "docs"
    places = {path: path.relative_to(docs) for path in sorted(docs.rglob("*")) if path.is_file()}
    style = CONFIG.with_suffix(".css")
    return places | {style: Path(style.name)} | {ROOT / name: Path("project", name.lower()) for name in PROJECT_PAGES}


def with_site_links(text: str, source: Path, places: Mapping[Path, Path], config: Mapping[str, Any]) -> str:
    """The text of a document with links that lead to its pages on the site, or to the repository for all else."""

    def replace(link: re.Match[str]) -> str:
        target, anchor = link[1], link[2] or ""
        folder = places[source].parent
        if target.startswith(config["site_url"]):
            page = target.removeprefix(config["site_url"]).rstrip("/")
            return _relative(Path("contract/README.md" if page == "contract" else f"{page}.md"), folder) + anchor
        if re.match(r"[a-z]+:", target):
            return link[0]
        path = (source.parent / target).resolve()
        if path in places:
            return _relative(places[path], folder) + anchor
        if not path.exists():
            raise BrokenLink(f"{source.relative_to(ROOT)}: {target}")
        return f"{config['repo_url']}/blob/main/{path.relative_to(ROOT).as_posix()}{anchor}"

    return "".join(part if part.startswith("`") else LINK.sub(replace, part) for part in CODE.split(text))


def _relative(page: Path, folder: Path) -> str:
    return Path(os.path.relpath(page, folder)).as_posix()


def stage(folder: Path, config: Mapping[str, Any]) -> list[Path]:
    """Fill the folder that Zensical reads, and return the pages of the contract."""
    shutil.rmtree(folder, ignore_errors=True)
    places = sources()
    for source, place in places.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            text = with_site_links(source.read_text(encoding="utf-8"), source, places, config)
            (folder / place).write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(source, folder / place)
    return [path.relative_to(folder) for path in write(folder / "contract", proof)]


def contract_navigation(pages: list[Path]) -> dict[str, Any]:
    """The contract's part of the navigation: its pages, then the requirements of each area."""
    top = [page.as_posix() for page in pages if len(page.parts) == 2 and page.name != "README.md"]
    areas = [{page.stem: page.as_posix()} for page in pages if len(page.parts) == 3]
    return {"Contract": ["contract/README.md", *top, {"Requirements by area": areas}]}


def build(folder: Path) -> int:
    """Build the site strictly below a folder, look at every link of what was built, and return the exit code."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    try:
        pages = stage(folder / "docs", config)
    except BrokenLink as error:
        print(f"A link leads nowhere: {error}", file=sys.stderr)
        return 1
    config |= {"docs_dir": "docs", "site_dir": "site", "nav": [*config["nav"], contract_navigation(pages)]}
    file = folder / "mkdocs.yml"
    file.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    words = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", str(file)]
    code = subprocess.run(words, check=False).returncode
    broken = [] if code else broken_links(folder / "site")
    for line in broken:
        print(f"A link leads nowhere: {line}", file=sys.stderr)
    if not code and not broken:  # its addresses name filters of a page as well, which are no anchors
        write_site(recipes(ROOT / "implementations"), ROOT / "reports", folder / "site" / "matrix")
    return code or bool(broken)


if __name__ == "__main__":
    sys.exit(build(ROOT / "build"))
