"""One change of a relaxation, applied to a schema. A change that does not fit the schema is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.errors import SpecError

OPERATIONS = ("set", "add", "remove")


def patch(schema: Any, change: Mapping[str, Any], relaxation: str) -> Any:
    """`schema` with `set`, `add` or `remove` done to the value at the JSON pointer `at`."""
    operations = [name for name in OPERATIONS if name in change]
    if len(operations) != 1:
        raise SpecError(f"Relaxation {relaxation}: a change has one of {', '.join(OPERATIONS)}, not {len(operations)}.")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in change.get("at", "").split("/")[1:]]
    operation = operations[0]
    try:
        return _changed(schema, steps, operation, change[operation])
    except (KeyError, IndexError, ValueError, TypeError) as error:
        place = f"{change['schema']} at {change.get('at') or 'its root'}"
        raise SpecError(f"Relaxation {relaxation}: cannot {operation} in {place}: {error}.") from None


def _changed(node: Any, steps: list[str], operation: str, value: Any) -> Any:
    if steps:
        key: Any = int(steps[0]) if isinstance(node, list) else steps[0]
        if len(steps) == 1 and operation == "set" and isinstance(node, dict) and key not in node:
            node[key] = value
        else:
            node[key] = _changed(node[key], steps[1:], operation, value)
        return node
    if operation == "set":
        return value
    return _added(node, value) if operation == "add" else _removed(node, value)


def _added(node: Any, value: Any) -> Any:
    """A map gains keys, a list gains values, a single value becomes a list."""
    if isinstance(node, dict):
        if twice := node.keys() & value.keys():
            raise ValueError(f"{', '.join(sorted(twice))} stands there already")
        return {**node, **value}
    here = node if isinstance(node, list) else [node]
    more = value if isinstance(value, list) else [value]
    if any(each in here for each in more):
        raise ValueError(f"{value!r} stands there already")
    return [*here, *more]


def _removed(node: Any, value: Any) -> Any:
    """A map loses keys, a list loses values."""
    gone = value if isinstance(value, list) else [value]
    for each in gone:
        if each not in node:
            raise ValueError(f"{each!r} does not stand there")
    if isinstance(node, dict):
        return {key: part for key, part in node.items() if key not in gone}
    return [part for part in node if part not in gone]
