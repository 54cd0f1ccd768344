"""Values from Python's notation: dictionaries, bytes, and objects of client libraries as they print themselves."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from typing import Any, Final

from antiphon.recording.importers.library_dumps import without_absent

MOST: Final = 2_000_000
"""Characters of one value that are parsed."""
MOST_MEMBERS: Final = 60_000
_OPENING, _CLOSING = "([{", ")]}"
_STOP = re.compile(r"""[()\[\]{}]|b?(?:'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")""")


def python_at(text: str, place: int, spend: Callable[[int], None]) -> tuple[Any, int] | None:
    """The value that begins at a place of a text, and where it ends; None where there is none.

    What was looked through in vain is told to `spend`.
    """
    reached = _end(text, place)
    if reached <= 0:
        spend(-reached)
        return None
    end = place + reached
    if text.count(",", place, end) > MOST_MEMBERS:
        spend(reached)
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is no Python, the parser warns before it refuses it
            tree = ast.parse(text[place:end], mode="eval")
        return _value(tree.body), end
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        spend(reached)
        return None


def _end(text: str, place: int) -> int:
    """How long the literal is, or what is in the bracket that is opened first; below 0 how far its end is not there."""
    depth, limit = 0, min(len(text), place + MOST)
    at = place
    while match := _STOP.search(text, at, limit):
        if depth == 0 and not text[place : match.start()].isidentifier() and match.start() != place:
            return place - match.start()
        mark, at = match.group(), match.end()
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth <= 0:
            return at - place
    return place - at


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value):
            return None if value is Ellipsis else value
        case ast.Dict():
            if None in node.keys:
                raise ValueError("unpacked")
            return {str(_value(key)): _value(value) for key, value in zip(node.keys, node.values, strict=True) if key}
        case ast.List() | ast.Tuple() | ast.Set():
            return [_value(each) for each in node.elts]
        case ast.UnaryOp(op=ast.USub(), operand=operand) if isinstance(value := _value(operand), int | float):
            return -value
        case ast.Name(id="inf" | "nan" as name):
            return float(name)
        case ast.Call() if not node.args and all(word.arg for word in node.keywords):
            return without_absent({str(word.arg): _value(word.value) for word in node.keywords})
        case ast.Call(args=[only]) if not node.keywords:
            return _value(only)
    raise ValueError("no value")
