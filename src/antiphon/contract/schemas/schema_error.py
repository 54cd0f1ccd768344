"""Text for schema errors: place, expected form, and the value that came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from antiphon.contract.schemas.places import escape_key

if TYPE_CHECKING:
    from jsonschema import ValidationError

MOST_ERRORS = 20
MOST_CHARACTERS = 120
TAGS = {"type", "role", "object"}
SIMPLE = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "pattern": "a text that matches",
    "format": "the format",
}
SIZES = {
    "Length": "characters",
    "Items": "entries",
    "Properties": "fields",
}


class SchemaError(NamedTuple):
    """One way in which a value does not fit its schema."""

    pointer: str
    expected: str
    got: str
    schema: str
    keyword: str
    missing: str = ""
    """The name of a required field that is not there."""

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: expected {self.expected}, got {self.got}"


def format_value(value: Any) -> str:
    """Short text for a value."""
    text = json_scalar(value) if not isinstance(value, dict | list) else _outline(value)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def json_scalar(value: Any) -> str:
    """Text of a value that is neither object nor list: as JSON has it, a string in single quotes."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def _outline(value: dict[str, Any] | list[Any]) -> str:
    if isinstance(value, dict):
        return "an object with " + (", ".join(map(str, list(value)[:8])) or "no fields")
    return f"a list of {len(value)}"


def explain_errors(closed: dict[str, Any], value: Any, schema: str, pointer: str) -> list[SchemaError]:
    """The errors of `value` under a self-contained schema, the innermost cause of each; at most 20."""
    from jsonschema import Draft202012Validator  # slow to import, and not needed where nothing is wrong

    validator = Draft202012Validator(closed)
    causes = (cause for error in validator.iter_errors(value) for cause in _causes(error))
    found = dict.fromkeys(each for cause in causes for each in _worded(cause, schema, pointer))
    return list(islice(found, MOST_ERRORS))


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """The error, or, of a union, the errors of the one branch that the value was meant for."""
    if error.validator not in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = defaultdict(list)
    for each in error.context:
        branches[each.relative_schema_path[0]].append(each)
    depth = len(error.absolute_path)
    fitting = [causes for causes in branches.values() if not any(_other_branch(each, depth) for each in causes)]
    if not fitting:
        yield error
        return
    for cause in min(fitting, key=len):
        yield from _causes(cause)


def _other_branch(error: ValidationError, depth: int) -> bool:
    """Whether the error only says that the value belongs to another branch of its union."""
    path = list(error.absolute_path)[depth:]
    if error.validator == "required" and not path:
        return bool(TAGS & set(_missing(error)))
    if error.validator in ("const", "enum"):
        return not path or (len(path) == 1 and path[0] in TAGS)
    return error.validator == "type" and not path


def _missing(error: ValidationError) -> list[str]:
    wanted: Any = error.validator_value
    found: Any = error.instance
    return [name for name in wanted if name not in found]


def _worded(error: ValidationError, schema: str, pointer: str) -> Iterator[SchemaError]:
    at = pointer + "".join(f"/{escape_key(str(step))}" for step in error.absolute_path)
    keyword = str(error.validator)
    limit: Any = error.validator_value
    value: Any = error.instance
    rules: Any = error.schema
    if keyword == "required":
        for name in _missing(error):
            yield SchemaError(at, f"a field {name!r}", "none", schema, keyword, name)
    elif keyword == "additionalProperties" and limit is False:
        for name in value.keys() - rules.get("properties", {}).keys():
            yield SchemaError(f"{at}/{escape_key(name)}", "no such field", format_value(value[name]), schema, keyword)
    else:
        yield SchemaError(at, _expected(keyword, limit, error), format_value(value), schema, keyword)


def _expected(keyword: str, limit: Any, error: ValidationError) -> str:
    if keyword == "type":
        return " or ".join([limit] if isinstance(limit, str) else limit)
    if keyword == "const":
        return repr(limit)
    if keyword == "enum":
        return "one of " + ", ".join(_texts(limit))
    if keyword in ("anyOf", "oneOf"):
        return _forms(error)
    if keyword == "not" and "enum" in limit:
        return "none of " + ", ".join(_texts(limit["enum"]))
    if keyword in SIMPLE:
        return f"{SIMPLE[keyword]} {limit}"
    for ending, unit in SIZES.items():
        if keyword.endswith(ending):
            return f"at {'least' if keyword.startswith('min') else 'most'} {limit} {unit}"
    return f"{keyword} {format_value(limit)}"


def _forms(error: ValidationError) -> str:
    """The tags, constants and types that the branches of a union ask for."""
    asked: dict[str, None] = {}
    for each in error.context or ():
        if each.validator == "const":
            asked.update(dict.fromkeys(_texts([each.validator_value])))
        elif each.validator in ("enum", "type") and _other_branch(each, len(error.absolute_path)):
            asked.update(dict.fromkeys(_texts(each.validator_value)))
    return "one of " + ", ".join(asked) if asked else "one of the forms of the union"


def _texts(value: Any) -> Iterable[str]:
    return (
        [value] if isinstance(value, str) else [each if isinstance(each, str) else json_scalar(each) for each in value]
    )
