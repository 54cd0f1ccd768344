"""Values as PHP's var_dump prints them: the kind and the length of each stand before it."""

from __future__ import annotations

import re
from typing import Any, Final

from antiphon.recording.importers.paste.scalars import ELIDED, Elision, number

OBJECT_FIELDS: Final = frozenset({"metadata", "properties", "attributes", "headers", "variables", "$defs"})
"""Fields whose empty value is an object: PHP and Lua print empty objects and empty lists alike."""
BEGINNING: Final = re.compile(r"(?:array\(\d+\)|object\([\w\\@]+\)#\d+ \(\d+\)) \{")
_STRING: Final = re.compile(r'string\((\d+)\) "')
_SCALAR: Final = re.compile(r"(int|float|bool)\(([^()\n]{1,40})\)|NULL")
_KEY: Final = re.compile(r'\s*\[(?:"((?:[^"\\\n]|\\.)*)"[^\]\n]*|(\d+))\]=>\s*')
_END: Final = re.compile(r"\s*\}")
_DEPTH: Final = 60


class NotDumped(ValueError):
    """What stands there is not what var_dump prints."""


def of_fields(fields: dict[str, Any], name: str = "") -> dict[str, Any] | list[Any]:
    """An array of PHP as JSON has it: a list where its keys count from 0."""
    if not fields:
        return {} if name in OBJECT_FIELDS else []
    return list(fields.values()) if list(fields) == [str(at) for at in range(len(fields))] else fields


def dumped_at(text: str, place: int) -> tuple[Any, int]:
    """The value at a place, and where it ends. Raises NotDumped where none stands there."""
    return _value(text, place, "", 0)


def _value(text: str, at: int, name: str, depth: int) -> tuple[Any, int]:
    if match := _STRING.match(text, at):
        return _string(text, match.end(), int(match[1]))
    if match := _SCALAR.match(text, at):
        return _scalar(match), match.end()
    match = BEGINNING.match(text, at)
    if match is None or depth > _DEPTH:
        raise NotDumped
    is_object = match.group().startswith("object")
    fields, at = _fields(text, match.end(), depth)
    return fields if is_object else of_fields(fields, name), at


def _fields(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    fields: dict[str, Any] = {}
    while not (end := _END.match(text, at)):
        key = _KEY.match(text, at)
        if key is None:
            raise NotDumped
        name = key[1] if key[1] is not None else key[2]
        fields[name], at = _value(text, key.end(), name, depth + 1)
    return fields, end.end()


def _string(text: str, at: int, length: int) -> tuple[str, int]:
    """A string of so many bytes, whatever stands in it."""
    found = text[at : at + length]
    if not found.isascii():
        found = found.encode("utf-8", "surrogateescape")[:length].decode("utf-8", "surrogateescape")
    end = at + len(found)
    if text[end : end + 1] != '"':
        raise NotDumped
    return found, end + 1


def _scalar(match: re.Match[str]) -> Any | Elision:
    kind, text = match[1], match[2]
    if kind is None:
        return None
    if kind == "bool":
        return text == "true"
    try:
        found = number(text)
    except ValueError:
        return ELIDED
    return float(found) if kind == "float" and "." in text else found
