"""Finds secrets in bytes, however they are escaped, and covers them in place.

A mask is as long as what it covers: offsets, lengths and the cuts between chunks stay, and JSON stays JSON.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from antiphon.recording.redaction.word_search import WordSearch

SHORTEST: Final = 8
"""A shorter secret is not looked for in texts: it could be any word."""

BASED_KEYS: Final = frozenset({"file_data", "b64_json", "partial_image_b64", "result", "data"})
"""Keys under which a file, a picture or a sound stands in Base64."""
_BASED_KEYS = "|".join(sorted(BASED_KEYS)).encode()
BASE64: Final = rb"((?:[A-Za-z0-9+/]|\\{1,8}/){256,})"
"""What is too long a run of Base64 to be a word; its padding stays, so that it can still be decoded."""

_SHORT_ESCAPES = {"\n": "n", "\t": "t", "\r": "r", "\b": "b", "\f": "f"}
_HAS_DIGIT = rb"(?=[A-Za-z_.~+/-]{0,60}[0-9])"
_BEGINS = rb"(?:(?<![A-Za-z0-9]sk-)|(?<=\\[nrtbf]sk-)|(?<=%[0-9A-F]{2}sk-))"
_KEYS: Final = (
    (WordSearch(b"sk-"), re.compile(b"sk-" + _BEGINS + _HAS_DIGIT + rb"([A-Za-z0-9_-]{20,})")),
    (
        WordSearch(b"bearer"),
        re.compile(rb"[Bb](?i:earer)(?:\s|%20|\+){1,4}" + _HAS_DIGIT + rb"([A-Za-z0-9._~+/-]{20,}=*)"),
    ),
    (WordSearch(b"://"), re.compile(rb"://[^\s/\"\\@:]{0,99}:([^\s/\"\\@]{1,99})@")),
    (
        WordSearch(b"sig=", b"signature=", b"access_token=", b"key="),
        # The 6 ends an escaped ampersand.
        re.compile(rb"[?&;6](?i:sig|signature|access_token|api[_-]?key)=([A-Za-z0-9%._~+/-]{16,})"),
    ),
    (
        WordSearch(b"org-", b"proj_"),
        re.compile(rb"(?<![A-Za-z0-9_-])(?:org-|proj_)(?=[A-Za-z]{0,60}[0-9])([A-Za-z0-9]{16,})"),
    ),
    (WordSearch(b";base64,"), re.compile(rb'data:[^,"\s]{0,100};base64,((?:[A-Za-z0-9+/_-]|\\{1,8}/){40,})')),
    (
        WordSearch(*(b'"' + key.encode() for key in sorted(BASED_KEYS))),
        re.compile(b'"(?:' + _BASED_KEYS + rb')\\{0,8}":\s?\\{0,8}"' + BASE64 + rb'={0,2}\\{0,8}"'),
    ),
)
"""What looks like an API key, a bearer token, the password or the signature in an address, the id of an organisation or
a project, or a file, a picture or a sound in Base64, whosever it is: words of which one, in lower case, stands in all
that looks so, and the pattern.

A key has digits; words joined by dashes have none.
"""
_has_word: Final = WordSearch(*(word for words, _ in _KEYS for word in words.words))
SHORTEST_KEY: Final = 20
"""What is shorter looks like none of these, but for the password in an address."""

_PLAIN = re.compile(r"[A-Za-z0-9_.~=+/-]+")
_HIDDEN = re.compile(rb"\\/|(?:\\u00|%)(?i:2[bdef]|3[0-9d]|[46][1-9a-f]|[57][0-9a]|5f|7e)|%25")
"""Without one of these, each of which spells such a character, a secret of plain characters can only stand as it is."""
_NUMERIC = re.compile(rb"[-+.0-9eE]+|-?(?:Infinity|NaN)")

_NUMBER = re.compile(rb"[-+]?[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]*)?")
_QUOTE = re.compile(rb'(\\*)"')
_ONE_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,4}|[\x00-\x7f])?")
_ESCAPE = re.compile(rb"\\+(?:u[0-9a-fA-F]{0,4})?\Z")


@lru_cache(maxsize=64)
def masker(secrets: tuple[str, ...]) -> Masker:
    """The masker of some secrets."""
    return Masker(secrets)


class Masker:
    """Covers known secrets, and what looks like a key, with as many X."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if len(secret) >= SHORTEST}
        forms = sorted(known | {form for secret in known for form in _base64_forms(secret)}, key=lambda f: (-len(f), f))
        self._known = re.compile(b"|".join(map(_pattern, forms))) if forms else None
        self._forms = [form.encode() for form in forms] if all(map(_PLAIN.fullmatch, forms)) else None
        self._is_numeric = self._forms is None or any(map(_NUMERIC.fullmatch, self._forms))

    def __call__(self, data: bytes) -> bytes:
        """`data` with every secret covered, as long as before; the same object where there is none."""
        spans = list(self._spans(data))
        if not spans:
            return data
        masked = bytearray(data)
        for start, end in spans:
            masked[start:end] = _cover(data[start:end])
        return data if masked == data else bytes(masked)

    def text(self, text: str) -> str:
        """A text with every secret covered."""
        data = text.encode("utf-8", "surrogatepass")
        masked = self(data)
        return text if masked is data else masked.decode("utf-8", "surrogatepass")

    def _spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        if self._known and self._may_be_in(data):
            at = 0
            while match := self._known.search(data, at):
                yield _whole_escapes(data, *match.span())
                at = (
                    match.start() + 1
                )  # another may begin inside it, and an X may be both its end and the other's begin
        if len(data) < SHORTEST_KEY and b"://" not in data:
            return
        lowered = data.lower()
        if not _has_word(lowered):
            return
        for words, pattern in _KEYS:
            if words(lowered):
                for match in pattern.finditer(data):
                    yield match.span(1)

    def knows(self, data: bytes) -> bool:
        """One of the known secrets is in `data`, however it is escaped."""
        return self._known is not None and self._may_be_in(data) and self._known.search(data) is not None

    def is_clean(self, data: bytes) -> bool:
        """No text that was joined or written as JSON to these bytes has a secret; false where that is hard to tell."""
        if self._known and (self._is_numeric or self._may_be_in(data)):
            return False
        return not _has_word(data.lower())

    def _may_be_in(self, data: bytes) -> bool:
        if self._forms is None:
            return True
        if (b"\\u00" in data or b"\\/" in data or b"%" in data) and _HIDDEN.search(data):
            return True
        return any(form in data for form in self._forms)


def _cover(secret: bytes) -> bytes:
    # A number may stand outside a string, where X would not be JSON.
    for digit in (b"1", b"2") if _NUMBER.fullmatch(secret) else ():
        covered = re.sub(rb"[0-9]", digit, secret)
        if covered != secret:
            return covered
    crossed = bytearray(b"X" * len(secret))
    for quote in _QUOTE.finditer(secret):
        if len(quote[1]) % 2 == 0:  # it ends a string of JSON
            crossed[quote.end() - 1] = 0x22
    return bytes(crossed)


def _base64_forms(secret: str) -> Iterator[str]:
    """The characters that stand for a secret in Base64, for each of the three places where it can begin."""
    data = secret.encode("utf-8", "surrogatepass")
    for offset in range(3):
        first, last = -(-offset * 8 // 6), (offset + len(data)) * 8 // 6
        for alphabet in (None, b"-_"):
            yield base64.b64encode(b"\0" * offset + data + b"\0\0", alphabet)[first:last].decode()


def _pattern(secret: str) -> bytes:
    return b"".join(map(_character, secret))


def _character(character: str) -> bytes:
    """A character as it is, after backslashes, as a JSON escape, or percent-encoded, once or several times."""
    data = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass")
    escaped = b"".join(rb"\\{1,8}u(?i:" + units[i : i + 2].hex().encode() + b")" for i in range(0, len(units), 2))
    percent = b"".join(b"%(?:25){0,3}(?i:" + f"{byte:02x}".encode() + b")" for byte in data)
    forms = [rb"\\{1,16}" if character == "\\" else rb"\\{0,8}" + re.escape(data), escaped, percent]
    if short := _SHORT_ESCAPES.get(character):
        forms.append(rb"\\{1,8}" + short.encode())
    if character == " ":
        forms.append(rb"\+")
    return b"(?:" + b"|".join(forms) + b")"


def _whole_escapes(data: bytes, start: int, end: int) -> tuple[int, int]:
    """A span that cuts no JSON escape in two."""
    begun = _inside_escape(data, start)
    unended = _inside_escape(data, end)
    if begun is not None:
        start = begun
    if unended is not None and (escape := _ONE_ESCAPE.match(data, unended)):
        end = max(end, escape.end())
    return start, end


def _inside_escape(data: bytes, at: int) -> int | None:
    """Where the escape begins that the place `at` would cut, or None."""
    slash = data.rfind(b"\\", max(0, at - 5), at)
    if slash < 0 or not _ESCAPE.match(data[slash:at]):
        return None
    run = slash
    while run > 0 and data[run - 1] == 0x5C:
        run -= 1
    is_escape = (slash - run) % 2 == 0
    long = data[slash + 1 : slash + 2] == b"u"
    return slash if is_escape and (at == slash + 1 or long) and at < slash + (6 if long else 2) else None
