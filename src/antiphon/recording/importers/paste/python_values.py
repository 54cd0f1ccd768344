"""Values from Python's notation: dictionaries, bytes, and objects of client libraries as they print themselves."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any, Final

from antiphon.recording.importers.library_dumps import without_absent

MOST: Final = 2_000_000
"""Characters of one value that are parsed."""
_OPENING, _CLOSING = "([{", ")]}"
_STOP = re.compile(r"""[()\[\]{}]|b?(?:'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")""")


def python_at(text: str, place: int) -> tuple[Any, int] | None:
    """The value that begins at a place of a text, and where it ends; None where there is none."""
    end = _end(text, place)
    if end is None or end - place > MOST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is no Python, the parser warns before it refuses it
            tree = ast.parse(text[place:end], mode="eval")
        return _value(tree.body), end
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _end(text: str, place: int) -> int | None:
    """Where the literal or the bracket that is opened first ends."""
    depth, limit = 0, min(len(text), place + MOST)
    at = place
    while match := _STOP.search(text, at, limit):
        if depth == 0 and not text[place : match.start()].isidentifier() and match.start() != place:
            return None
        mark, at = match.group(), match.end()
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth <= 0:
            return at
    return None


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
