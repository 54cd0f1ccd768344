"""Texts and numbers that a schema takes, the smallest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from antiphon.server.model.patterns import compile_pattern, samples

MOST_MORE = 200
MOST_WHOLE = 24
"""Whole steps that are tried before fractions of one."""
FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "duration": "PT0S",
    "email": "a@example.com",
    "hostname": "example.com",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com",
}
LENGTHENED = {
    "email": "a@{}.example.com",
    "hostname": "{}.example.com",
    "uri": "https://example.com/{}",
    "date-time": "2026-01-01T00:00:00.{}Z",
}
"""Formats whose values may be longer than the shortest."""


def texts(schema: dict[str, Any]) -> Iterator[str]:
    """Texts within the lengths, of the format and the pattern."""
    least, most = int(schema.get("minLength") or 0), schema.get("maxLength")
    pattern = schema.get("pattern")
    for text in _texts(schema, least):
        if len(text) < least or (most is not None and len(text) > most):
            continue
        expression = compile_pattern(pattern) if pattern is not None else None
        if expression is None or expression.search(text):
            yield text


def _texts(schema: dict[str, Any], least: int) -> Iterator[str]:
    format = str(schema.get("format"))
    if format in FORMATS:
        yield FORMATS[format]
        filler = "0" if format == "date-time" else "a"
        if format in LENGTHENED:
            yield from (LENGTHENED[format].format(filler * more) for more in range(1, least + MOST_MORE))
        return
    if "pattern" in schema:
        yield from samples(schema["pattern"], least)
    for more in range(MOST_MORE):
        yield "a" * (least + more)


def numbers(schema: dict[str, Any], kind: str) -> Iterator[float]:
    """Numbers within the bounds that are multiples of the step, those next to zero first."""
    low, high = _bound(schema, "minimum", max), _bound(schema, "maximum", min)
    step = Decimal(str(schema["multipleOf"])) if schema.get("multipleOf") else None
    disputed = []
    for value in _candidates(low, high, step, whole=kind == "integer"):
        whole = value == value.to_integral_value()
        if (kind == "integer" and not whole) or not fits(schema, value):
            continue
        number = int(value) if kind == "integer" or (whole and abs(value) < 10**15) else float(value)
        # 64.1 is a multiple of 0.1 to some validators, and to others that divide floats it is none.
        if step is None or (number / float(step)).is_integer():
            yield number
        else:
            disputed.append(number)
    yield from disputed


def _bound(schema: dict[str, Any], name: str, tighter: Any) -> Decimal | None:
    given = [schema.get(name), schema.get(f"exclusive{name.capitalize()}")]
    found = [Decimal(str(value)) for value in given if isinstance(value, int | float) and not isinstance(value, bool)]
    return tighter(found) if found else None


def _candidates(low: Decimal | None, high: Decimal | None, step: Decimal | None, *, whole: bool) -> Iterator[Decimal]:
    yield Decimal(0)
    unit = step or Decimal(1)
    if (low is not None and low >= 0) or high is None:
        first = (low or Decimal(0)) / unit
        start, sign = first.to_integral_value(ROUND_CEILING), 1
    else:
        start, sign = (high / unit).to_integral_value(ROUND_FLOOR), -1
    yield from ((start + sign * more) * unit for more in range(MOST_WHOLE))
    if not (whole or step):
        if low is not None and high is not None:
            yield from (low + (high - low) * part / 8 for part in (4, 2, 6, 1, 3, 5, 7, 0, 8))
        edge = low if low is not None else high or Decimal(0)
        yield from (edge + sign * Decimal(1).scaleb(-more) for more in range(1, 12))
    yield from ((start + sign * more) * unit for more in range(MOST_WHOLE, MOST_MORE))


def fits(schema: dict[str, Any], value: Decimal) -> bool:
    """Whether a number lies within the bounds and on the steps."""
    tests: tuple[tuple[str, Callable[[Decimal], bool]], ...] = (
        ("minimum", lambda bound: value >= bound), ("maximum", lambda bound: value <= bound),
        ("exclusiveMinimum", lambda bound: value > bound), ("exclusiveMaximum", lambda bound: value < bound),
        ("multipleOf", lambda step: value % step == 0),
    )  # fmt: skip
    return all(
        test(Decimal(str(schema[name])))
        for name, test in tests
        if isinstance(schema.get(name), int | float) and not isinstance(schema[name], bool)
    )
