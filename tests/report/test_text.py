"""Text of strangers is harmless in every report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.report import made

from antiphon.report.text import block, clip, code, markdown, visible

ANY = st.text(st.characters(codec=None, exclude_categories=())) | st.just(made.HOSTILE)
PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain ü 語 😀", "plain ü 語 😀"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[2J\x9b1m\x7f", r"\x1b[2J\x9b1m\x7f"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028"),
        ("\udc80", r"\udc80"),
        ("no\xa0break", "no\xa0break"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(ANY)
def test_visible_text_is_one_line_of_utf8(text: str) -> None:
    said = visible(text)
    assert visible(said) == said
    assert said.encode("utf-8").decode() == said
    assert len(said.splitlines()) <= 1


@given(ANY)
def test_markdown_shows_the_text_itself(text: str) -> None:
    tokens = PARSER.parse(f"- x {markdown(text)}")
    inline = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for token in inline for child in token.children or []}

    assert len(inline) == 1
    assert kinds <= {"text", "text_special"}
    said = "".join(child.content for child in inline[0].children or [])
    assert said.split() == ("x " + visible(text)).split()


@given(ANY)
def test_text_stays_in_its_cell(text: str) -> None:
    tokens = PARSER.parse(f"| a | b |\n|---|---|\n| {markdown(text)} | end |\n")
    assert sum(token.type == "td_open" for token in tokens) == 2
    assert tokens[-1].type == "table_close"


@given(ANY)
def test_a_code_span_cannot_be_ended(text: str) -> None:
    children = PARSER.parseInline(f"x {code(text)}")[0].children or []
    assert {child.type for child in children} <= {"text", "code_inline"}


@given(st.lists(ANY, max_size=4))
def test_a_block_cannot_be_ended(lines: list[str]) -> None:
    tokens = PARSER.parse(block(lines))
    assert [token.type for token in tokens] == ["fence"]


def test_long_text_is_cut_with_its_length() -> None:
    assert clip("abc", 3) == "abc"
    assert clip("abcd", 3) == "abc… (4 characters)"
