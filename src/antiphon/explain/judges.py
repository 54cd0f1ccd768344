"""Checks and suite tests that judge a requirement, found without importing pytest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from antiphon.contract.load import all_requirements
from antiphon.contract.paths import spec_dir, suites_dir
from antiphon.contract.triggers import source_trigger, triggers

TABLES = "antiphon.suite.valid_parts"
"""Modules with tables of what suite files send; their requirements are named there."""
_FAMILY = re.compile(r"\{.*?\}")
_OPEN_MARK = re.compile(r"@requirement\([^)]*\"[a-z0-9.-]+\{|antiphon\.suite\.valid_parts")
_MARK_OF_FAMILY = re.compile(r"@requirement\([^)]*\{(?!id\})")


@cache
def checks() -> Mapping[str, tuple[str, ...]]:
    """The checks and relations of each requirement, as MODULE.NAME below `antiphon.judge.checks`.

    A check of a table goes by the function that makes it, so that grep finds every name.
    """
    from antiphon.judge.registry import all_checks, all_relations

    found: dict[str, list[str]] = {}
    for check in all_checks():
        maker = check.find.__qualname__.split(".")[0]
        found.setdefault(check.requirement, []).append(f"{_short(check.find.__module__)}.{maker}")
    for relation in all_relations():
        for name in relation.requirements:
            found.setdefault(name, []).append(f"{_short(relation.__module__)}.{relation.__name__}")
    return {name: tuple(dict.fromkeys(each)) for name, each in found.items()}


def _short(module: str) -> str:
    return module.removeprefix("antiphon.judge.checks.")


@cache
def suite_tests() -> Mapping[str, tuple[str, ...]]:
    """The suite tests of each requirement, as AREA/FILE.py::TEST."""
    found: dict[str, list[str]] = {}
    for path in sorted(suites_dir().rglob("test_*.py")):
        place = path.relative_to(suites_dir()).as_posix()
        for test, name in marks_of(path.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(f"{place}::{test}")
    return {name: tuple(dict.fromkeys(each)) for name, each in found.items()}


@cache
def naming_tests(requirement: str) -> tuple[str, ...]:
    """The suite tests of one requirement; only the files that may name it are looked into."""
    found = []
    triggered = has_trigger(requirement)
    for path in sorted(suites_dir().rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if requirement in source or (triggered and "triggers(" in source) or _OPEN_MARK.search(source):
            place = path.relative_to(suites_dir()).as_posix()
            found += [f"{place}::{test}" for test, name in marks_of(source) if name == requirement]
    return tuple(dict.fromkeys(found))


def has_trigger(requirement: str) -> bool:
    """Whether any trigger may have the requirement; the text tells it fifty times as fast as the YAML."""
    return bool(source_trigger(requirement)) or requirement in (spec_dir() / "errors.yaml").read_text(encoding="utf-8")


def marks_of(source: str) -> Iterator[tuple[str, str]]:
    """Test and requirement, for each mark of a suite file; the marks of families stand for all that they may name."""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    cases = {each.name: family for each in functions if (family := _family(each)) is not None}
    constants = _constants(tree).union(*map(_table, _tables(tree))) if _MARK_OF_FAMILY.search(source) else set()
    for function in functions:
        arguments = {each.arg for each in function.args.args}
        family = next((cases[name] for name in arguments & cases.keys()), None)
        for mark in _marks(function):
            for name in _expanded(mark, family, constants):
                yield function.name, name


def _tables(tree: ast.AST) -> Iterator[str]:
    """The tables of valid parts that a suite file imports, by the names of their modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(TABLES):
            name = str(node.module).removeprefix(TABLES).lstrip(".")
            yield from [name] if name else [each.name for each in node.names]


@cache
def _table(name: str) -> frozenset[str]:
    source = (files("antiphon") / "suite" / "valid_parts" / f"{name}.py").read_text(encoding="utf-8")
    return frozenset(_constants(ast.parse(source)))


def _constants(tree: ast.AST) -> set[str]:
    """The texts of a file, those of marks apart."""
    marks = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "requirement"
        for each in node.args
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in marks
    }


def _marks(function: ast.AST) -> Iterator[str]:
    for decorator in getattr(function, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and _called(decorator) == "requirement":
            for each in decorator.args:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value
                elif isinstance(each, ast.JoinedStr):
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in each.values)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _family(function: ast.AST) -> list[Any] | None:
    """The triggers that the cases of a scenario are; None for a scenario of other cases, or of none."""
    for decorator in getattr(function, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and _called(decorator) == "scenario":
            for keyword in decorator.keywords:
                names = {each.id for each in ast.walk(keyword.value) if isinstance(each, ast.Name)}
                if keyword.arg == "each" and "triggers" in names:
                    return _chosen(keyword.value)
    return None


def _chosen(expression: ast.expr) -> list[Any]:
    """The triggers that a comprehension over `triggers()` takes; all where it needs more to be understood."""
    try:
        code = compile(ast.Expression(expression), "<each>", "eval")
        return list(eval(code, {"__builtins__": {}, "triggers": triggers}))
    except Exception:  # the suite's own names are not known here
        return list(triggers())


def _expanded(mark: str, family: Iterable[Any] | None, constants: Iterable[str]) -> Iterator[str]:
    if not _FAMILY.search(mark):
        yield mark
    elif mark == "{id}":
        return
    elif family is not None:
        for case in family:
            name = mark.format(case=case)
            if name:
                yield name
    else:
        yield from _guessed(mark, set(constants))


def _guessed(mark: str, constants: set[str]) -> Iterator[str]:
    """The known requirements that a mark with places in it may stand for."""
    known = all_requirements()
    if _FAMILY.sub("", mark):
        pattern = re.compile(_FAMILY.sub("[a-z0-9.-]+", re.sub(r"([.])", r"\\\1", mark)))
        endings = {each.replace("_", "-") for each in constants}
        fixed = [part for part in _FAMILY.split(mark) if part]
        for name in known:
            if pattern.fullmatch(name) and (name in constants or _left(name, fixed) in endings):
                yield name
    else:
        yield from (name for name in known if name in constants)


def _left(name: str, fixed: Iterable[str]) -> str:
    """What stands in a name besides the fixed parts of a mark."""
    for part in fixed:
        name = name.replace(part, "", 1)
    return name


@cache
def faults() -> Mapping[str, tuple[str, ...]]:
    """The faults of the reference server that break each requirement."""
    from antiphon.server.faults import catalogue

    found: dict[str, list[str]] = {}
    for fault in catalogue().values():
        for name in fault.breaks:
            found.setdefault(name, []).append(fault.name)
    return {name: tuple(sorted(each)) for name, each in found.items()}
