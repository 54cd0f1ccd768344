"""The report in a real browser: it loads alone, is found through, and nothing in it is obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser.chromium import Tab

SHOWN = "[...document.querySelectorAll('[data-item]')].filter((each) => !each.hidden)"


def shown(tab: Tab) -> list[str]:
    """The requirements that the filters leave."""
    found: list[str] = tab.ask(f"{SHOWN}.map((each) => each.id)")
    return found


def fill(tab: Tab, name: str, value: str) -> None:
    tab.ask(
        f"(() => {{ const field = document.querySelector('form.filter').elements.{name}; field.value = '{value}';"
        "field.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def test_it_loads_without_a_complaint_and_without_a_network(tab: Tab, report: Path) -> None:
    tab.open(report)

    assert tab.ask("document.title").startswith("Example gateway")
    assert tab.requests == [report.resolve().as_uri()]
    assert tab.complaints == []
    assert len(shown(tab)) == 28


def test_what_a_hostile_server_says_is_never_obeyed(tab: Tab, report: Path) -> None:
    tab.open(report)
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert tab.ask("window.hit === undefined")
    assert tab.ask("document.querySelectorAll('script, img, iframe, object').length") == 1
    assert "<script>window.hit=1</script>" in tab.ask("document.body.textContent")
    assert tab.requests == [report.resolve().as_uri()]
    assert tab.complaints == []


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [("verdict", "fail", 4), ("level", "should", 3), ("area", "usage", 3), ("capability", "background", 2),
     ("client", "codex", 2)],
)  # fmt: skip
def test_a_filter_leaves_what_fits_and_is_kept_in_the_address(
    tab: Tab, report: Path, name: str, value: str, count: int
) -> None:
    tab.open(report)
    fill(tab, name, value)

    assert len(shown(tab)) == count
    assert tab.ask("location.hash") == f"#{name}={value}"
    assert tab.ask("document.querySelector('#count').textContent") == f"{count} of 28 shown"
    tab.open(report, f"#{name}={value}")
    assert len(shown(tab)) == count


def test_a_search_finds_every_word_in_any_order_with_other_filters(tab: Tab, report: Path) -> None:
    tab.open(report)
    fill(tab, "text", "EVENT sequence")
    assert shown(tab) == ["stream.sequence.contiguous"]
    fill(tab, "verdict", "pass")
    assert shown(tab) == []
    tab.press("Escape")
    assert len(shown(tab)) == 28


def test_a_deep_link_opens_what_it_names(tab: Tab, report: Path) -> None:
    tab.open(report, "#stream.text.adds-up")
    assert tab.ask("document.getElementById('stream.text.adds-up').open")
    assert tab.ask("document.getElementById('stream.text.adds-up').getBoundingClientRect().top < innerHeight")

    tab.open(report, "#usage.sum")
    assert tab.ask("document.getElementById('usage.sum').checkVisibility()")

    tab.open(report, "#verdict=fail")
    tab.ask("location.hash = '#usage.sum'")
    tab.ask("new Promise((resolve) => setTimeout(resolve, 50))")
    assert tab.ask("document.getElementById('usage.sum').checkVisibility()")


def test_an_odd_address_is_no_mistake(tab: Tab, report: Path) -> None:
    for fragment in ("#%E0%A4%A", "#verdict=nonsense", "#=&&", "#nowhere"):
        tab.open(report, fragment)
        assert tab.complaints == []
        assert len(shown(tab)) == 28


def test_a_keyboard_is_enough(tab: Tab, report: Path) -> None:
    tab.open(report)
    tab.press("/")
    assert tab.ask("document.activeElement.name") == "text"
    assert tab.ask("document.activeElement.value") == ""
    fill(tab, "verdict", "fail")
    tab.press("ArrowDown")
    tab.press("ArrowDown")
    second = "document.activeElement.parentElement"
    assert tab.ask(f"{second}.id") == shown(tab)[1]
    assert not tab.ask(f"{second}.open")
    tab.press("Enter")
    assert tab.ask(f"{second}.open")
    tab.press("ArrowUp")
    tab.press("ArrowUp")
    assert tab.ask("document.activeElement.name") == "text"


def test_the_timeline_marks_the_event_that_is_broken(tab: Tab, report: Path) -> None:
    tab.open(report, "#stream.sequence.contiguous")
    rows = "document.getElementById('stream.sequence.contiguous').querySelectorAll('ol.events li.mark .n')"
    assert tab.ask(f"[...{rows}].map((each) => each.textContent)") == ["event 7", "event 8", "event 9"]


CONTRAST = """(() => {
  const parse = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 :
    ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(node).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    if (!own || !node.checkVisibility() || node.closest("script, style, option")) continue;
    const style = getComputedStyle(node);
    const [one, two] = [light(parse(style.color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) poor.push(`${node.className} ${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return poor;
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["report", "site"])
def test_every_text_can_be_read(tab: Tab, kind: str, scheme: str, request: pytest.FixtureRequest) -> None:
    tab.look(scheme=scheme)
    tab.open(request.getfixturevalue(kind))
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert tab.ask(CONTRAST) == []
    dark = tab.ask("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g)[0] < 128")
    assert dark is (scheme == "dark")


@pytest.mark.parametrize("kind", ["report", "site"])
@pytest.mark.parametrize("width", [360, 1100])
def test_nothing_sticks_out_of_the_window(tab: Tab, kind: str, width: int, request: pytest.FixtureRequest) -> None:
    tab.look(width=width)
    tab.open(request.getfixturevalue(kind))
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert tab.ask("document.scrollingElement.scrollWidth") <= width


def test_what_is_broken_is_printed_in_full(tab: Tab, report: Path) -> None:
    tab.open(report)
    closed = "document.querySelectorAll('details[data-item]:not([open])').length"
    before = tab.ask(closed)
    tab.ask("addEventListener('beforeprint', () => { window.left = " + closed + "; })")

    assert tab.pdf().startswith(b"%PDF-")
    assert before > 0
    assert tab.ask("window.left") == 0
    assert tab.ask(closed) == before
    tab.look(media="print")
    assert not tab.ask("document.querySelector('form.filter').checkVisibility()")
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    cut = "[...document.querySelectorAll('pre, ol')].filter((each) => each.scrollHeight > each.clientHeight + 1).length"
    assert tab.ask(cut) == 0


def test_buttons_and_fields_have_names(tab: Tab, report: Path) -> None:
    tab.open(report)
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    roles = ("button", "link", "searchbox", "combobox", "textbox", "checkbox", "image")
    known = [each for each in nodes if each.get("role", {}).get("value") in roles and not each["ignored"]]
    assert len(known) > 20
    assert [each for each in known if not each.get("name", {}).get("value")] == []


def test_the_matrix_is_filtered_and_leads_to_the_pages(tab: Tab, site: Path) -> None:
    tab.open(site)
    assert tab.requests == [site.resolve().as_uri()]
    assert tab.complaints == []
    assert len(shown(tab)) == 28
    assert tab.ask("window.hit === undefined")

    tab.open(site, "#differs=yes")
    assert shown(tab) == [
        "errors.auth.wrong-key", "errors.envelope.shape", "headers.request-id.present", "sse.no-done",
        "stream.sequence.contiguous", "stream.text.adds-up",
    ]  # fmt: skip
    link = tab.ask("document.querySelector('[id=\"stream.text.adds-up\"] a.fail').href")
    path, _, at = link.removeprefix("file://").partition("#")
    tab.open(Path(path), f"#{at}")
    assert tab.ask("document.getElementById('stream.text.adds-up').open")
    assert tab.complaints == []
