"""The documentation site: links are carried over from the repository, and one that leads nowhere is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tools.build_site import CONFIG, ROOT, BrokenLink, build, sources, with_site_links
from tools.site_links import broken_links

SETTINGS = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
README = ROOT / "docs" / "README.md"


def on_site(text: str, source: Path = README) -> str:
    return with_site_links(text, source, sources(), SETTINGS)


@pytest.mark.parametrize(
    ("written", "on_the_site"),
    [
        ("[a](gating.md#exit-codes)", "[a](gating.md#exit-codes)"),
        ("[a](../CONTRIBUTING.md)", "[a](project/contributing.md)"),
        ("[a](../spec/faults.yaml)", f"[a]({SETTINGS['repo_url']}/blob/main/spec/faults.yaml)"),
        (f"[a]({SETTINGS['site_url']}contract/clients/#codex)", "[a](contract/clients.md#codex)"),
        (f"[a]({SETTINGS['site_url']}contract/)", "[a](contract/README.md)"),
        ("[a](https://example.com/x)", "[a](https://example.com/x)"),
        ("`[a](nothing)`", "`[a](nothing)`"),
    ],
)
def test_a_link_leads_to_the_site_where_it_can(written: str, on_the_site: str) -> None:
    assert on_site(written) == on_the_site


def test_a_document_of_the_root_links_to_its_neighbours() -> None:
    assert on_site("[a](docs/ci/README.md)", ROOT / "CONTRIBUTING.md") == "[a](../ci/README.md)"


def test_a_link_to_nothing_in_the_repository_is_refused() -> None:
    with pytest.raises(BrokenLink, match=r"docs/README.md: ../GONE.md"):
        on_site("[a](../GONE.md)")


def test_every_document_is_in_the_navigation_once() -> None:
    def leaves(value: object) -> list[str]:
        if isinstance(value, dict):
            return [leaf for part in value.values() for leaf in leaves(part)]
        return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list) else [str(value)]

    pages = sorted(place.as_posix() for place in sources().values() if place.suffix == ".md")

    beside = f"{SETTINGS['site_url']}matrix/"  # which is made beside the documents
    assert sorted(leaves(SETTINGS["nav"])) == sorted([*pages, beside])


def test_a_link_of_a_built_page_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "index.html").write_text('<h2 id="usage.total">b</h2><a href="../">up</a>')
    (tmp_path / "index.html").write_text(
        '<a href="b/">a</a><a href="b/#usage.total">b</a><a href="https://example.com/#x">c</a>'
        '<a href="b/#gone">d</a><img src="gone.png"><a href="#gone">e</a>'
    )

    assert broken_links(tmp_path) == ["index.html: b/#gone", "index.html: gone.png", "index.html: #gone"]


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("zensical")

    assert build(tmp_path) == 0
    usage = tmp_path / "site" / "contract" / "requirements" / "usage" / "index.html"
    assert 'id="usage.total"' in usage.read_text(encoding="utf-8")
