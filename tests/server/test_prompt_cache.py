"""Cached tokens: those of the longest beginning that an earlier prompt had, in steps, within a bound."""

from __future__ import annotations

from antiphon.server.json_values import Json
from antiphon.server.model import tokens
from antiphon.server.state.prompt_cache import LEAST, MOST, STEP, PromptCache


def message(text: str, id: str = "msg_1") -> Json:
    part = {"type": "input_text", "text": text}
    return {"type": "message", "id": id, "role": "user", "content": [part]}


def cached(cache: PromptCache, *items: Json) -> int:
    return cache.cached(["model", None, []], items, tokens.of_items(items) + tokens.BASE)


LONG = message("word " * LEAST)


def test_a_prompt_is_cached_from_the_second_time_on() -> None:
    cache = PromptCache()

    assert cached(cache, LONG) == 0
    again = cached(cache, {**LONG, "id": "msg_2"})
    assert LEAST <= again <= tokens.of_items([LONG]) + tokens.BASE
    assert again % STEP == 0


def test_another_end_leaves_the_beginning_cached() -> None:
    cache = PromptCache()
    first = cached(cache, LONG, message("Say hi."))

    assert first == 0
    assert cached(cache, LONG, message("Say bye.")) >= LEAST
    assert cached(cache, message("Say hi."), LONG) == 0


def test_a_short_prompt_is_not_cached() -> None:
    cache = PromptCache()

    assert [cached(cache, message("Say hi.")) for _ in range(2)] == [0, 0]


def test_what_is_kept_is_bounded() -> None:
    cache = PromptCache()
    for number in range(MOST + 1):
        cached(cache, LONG, message(str(number)))

    assert cached(cache, LONG, message("0")) >= LEAST
    assert len(cache._known) == MOST
