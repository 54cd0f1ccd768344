"""Links of a built site: each leads to a file of it, and to a place in that file."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class LinkReader(HTMLParser):
    """The links of a page, and the places in it that links can lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what one tag links to, and how it is linked to."""
        values = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := values.get(name))]
        self.places |= {value for name in ("id", "name") if (value := values.get(name))}


def broken_links(site: Path) -> list[str]:
    """PAGE: LINK for each link inside the site that leads to no file, or to no place in one; 404 pages apart."""
    pages = [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]
    return [
        f"{page.relative_to(site).as_posix()}: {link}"
        for page in pages
        for link in dict.fromkeys(_read(page).links)
        if not _leads_somewhere(link, page)
    ]


@cache
def _read(page: Path) -> LinkReader:
    reader = LinkReader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def _leads_somewhere(link: str, page: Path) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return False
    place = unquote(parts.fragment)
    return not place or target.suffix != ".html" or place in _read(target).places
