"""Where two JSON values differ, by JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from antiphon.judge.values import MISSING


class Difference(NamedTuple):
    """A place in two values, and what stands there in each; MISSING for nothing."""

    pointer: str
    one: Any
    other: Any


def escape_token(key: object) -> str:
    """A key as a token of a JSON pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def differences(one: Any, other: Any, ignore: frozenset[str] = frozenset()) -> Iterator[Difference]:
    """The innermost places in which two JSON values differ. Keys in `ignore` count nowhere; depth does not matter."""
    pending: list[tuple[str, Any, Any]] = [("", one, other)]
    while pending:
        pointer, left, right = pending.pop()
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            for key in sorted((left.keys() | right.keys()) - ignore, reverse=True):
                pending.append((f"{pointer}/{escape_token(key)}", left.get(key, MISSING), right.get(key, MISSING)))
        elif _is_list(left) and _is_list(right) and len(left) == len(right):
            for number in range(len(left) - 1, -1, -1):
                pending.append((f"{pointer}/{number}", left[number], right[number]))
        elif isinstance(left, bool) is not isinstance(right, bool) or not _equal(left, right):
            yield Difference(pointer, left, right)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _equal(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except RecursionError:
        return False


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, however deep they are."""
    if one is other or (type(one) is str and one == other):
        return True
    return next(differences(one, other), None) is None


def replace_at(value: Any, place: Sequence[str | int], new: Any) -> Any:
    """`value` with `new` at a place; lists grow, what is in the way gives way, and `value` itself stays as it is."""
    if not place:
        return new
    key, rest = place[0], place[1:]
    if isinstance(key, int):
        items = list(value) if isinstance(value, list) else []
        items += [None] * (key + 1 - len(items))
        items[key] = replace_at(items[key], rest, new)
        return items
    fields = dict(value) if isinstance(value, Mapping) else {}
    fields[key] = replace_at(fields.get(key), rest, new)
    return fields
