"""Violation from a failed assertion: expected and actual value, exchange, JSON pointer."""

from __future__ import annotations

import ast
import inspect
import json
import linecache
from collections.abc import Callable, Mapping
from functools import cache
from types import FrameType, TracebackType
from typing import Any

from antiphon.contract.schemas.schema_error import json_scalar
from antiphon.errors import describe_lookup
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.suite.blamed_exchanges import blame, listed_exchange
from antiphon.suite.unshown_steps import UnshownStep

LONGEST = 400
"""Characters of a value that a violation shows."""


def _line(trace: TracebackType | None, filename: str) -> tuple[FrameType | None, int]:
    """The last frame of a traceback that lies in a file, and its line."""
    found: tuple[FrameType | None, int] = (None, 0)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            found = trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
    return found


def explain(error: BaseException, test: Callable[..., None], arguments: Mapping[str, Any]) -> Violation:
    """The violation of a failed assertion: expected and actual value, exchange, pointer."""
    says = (inspect.getdoc(test) or test.__name__).split("\n")[0]
    frame, number = _line(error.__traceback__, test.__code__.co_filename)
    scope = {**frame.f_globals, **frame.f_locals} if frame else {}
    statement = _statement(test.__code__.co_filename, number)
    sources = _sources(test.__code__.co_filename, test.__code__.co_firstlineno, number)
    exchange, pointer, others = blame(statement, frame.f_locals if frame else {}, arguments, sources, scope)
    expected, got = says, _came(exchange)
    if not isinstance(error, AssertionError):
        got = f"{got}, in which {describe_lookup(error)}"
    elif isinstance(statement, ast.Assert):
        if named := _wrongly_listed(statement.test, scope, arguments):
            exchange, pointer, got = named, "", _came(named)
        else:
            difference = _difference(statement.test, scope)
            expected, got = difference or (expected, got)
    return Violation(
        at=pointer,
        expected=_short(expected),
        got=_short(got),
        message="" if expected == says else says,
        exchange=exchange.id if exchange else "",
        others=others,
    )


def _wrongly_listed(test: ast.expr, scope: Mapping[str, Any], arguments: Mapping[str, Any]) -> Exchange | None:
    """The first exchange of a list of ids that was to be empty; None for any other assertion."""
    if isinstance(test, ast.Compare) and isinstance(test.comparators[0], ast.List) and not test.comparators[0].elts:
        return listed_exchange(_value(test.left, scope), arguments)
    return None


@cache
def _tree(filename: str) -> ast.Module:
    return ast.parse("".join(linecache.getlines(filename)))


def _statement(filename: str, number: int) -> ast.stmt | None:
    """The innermost statement of a file that holds a line."""
    found: ast.stmt | None = None
    for node in (each for each in ast.walk(_tree(filename)) if isinstance(each, ast.stmt)):
        holds = node.lineno <= number <= (node.end_lineno or node.lineno)
        if holds and (found is None or node.lineno >= found.lineno):
            found = node
    return found


def _sources(filename: str, first: int, number: int) -> dict[str, ast.expr]:
    """The expressions that were assigned to names between two lines of a file, the last one of each name."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(_tree(filename)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if first <= node.lineno < number:
                found[name] = value
    return found


def _difference(test: ast.expr, scope: Mapping[str, Any]) -> tuple[str, str] | None:
    """Expected and actual value of an assertion, by evaluating its sides again; None where its message is clearer."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = next((part for part in test.values if not _value(part, scope, True)), test)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = _value(test.left, scope), _value(test.comparators[0], scope)
        if isinstance(test.ops[0], ast.In) and isinstance(test.left, ast.Constant):
            return f"{_show(left)} among them" if isinstance(right, set) else f"{_show(left)} in it", _show(right)
        return _relation(test.ops[0], right), _show(left)
    if isinstance(test, ast.Attribute):
        owner = _value(test.value, scope)
        described = inspect.getdoc(getattr(type(owner), test.attr, None))
        return (described.split("\n")[0].rstrip("."), _show(owner)) if described else None
    return None


def _relation(operator: ast.cmpop, right: Any) -> str:
    words = {
        ast.Eq: "", ast.NotEq: "other than ", ast.Lt: "less than ", ast.LtE: "at most ", ast.Gt: "more than ",
        ast.GtE: "at least ", ast.In: "one of ", ast.NotIn: "none of ", ast.Is: "", ast.IsNot: "other than ",
    }  # fmt: skip
    if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, set | frozenset | list | tuple):
        return words[type(operator)] + (", ".join(sorted(map(_show, right))) or "nothing at all")
    return words[type(operator)] + _show(right)


def _value(node: ast.expr, scope: Mapping[str, Any], default: Any = "?") -> Any:
    """An expression's value in a frame that has ended. The tests are pure, so that evaluating twice is harmless."""
    try:
        return eval(compile(ast.Expression(node), "<assertion>", "eval"), dict(scope))
    except Exception:  # the frame may have gone on since
        return default


def _show(value: Any) -> str:
    if isinstance(value, Exchange):
        return _came(value)
    if isinstance(value, set | frozenset):
        return ", ".join(sorted(map(_show, value))) or "nothing"
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_show)
    return json_scalar(value)


def _came(exchange: Exchange | None) -> str:
    """Summary of the reply of an exchange, in one line."""
    if exchange is None:
        return "no exchange"
    if isinstance(exchange, UnshownStep):
        return exchange.why.reason
    if exchange.failure:
        return f"{exchange.failure.kind}: {exchange.failure.message}"
    return f"{exchange.status} {_short(exchange.content.decode('utf-8', 'replace'))}".rstrip()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
