"""Values at the ends of their ranges: nearly every parameter of a create is set, twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from antiphon.suite import Api, Exchange, Transcript, assume, is_unsupported, requirement, scenario

MOST_TRIES = 6
UNSUPPORTED = ("unsupported_parameter", "unsupported_value")
OBJECT: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TOOLS = [{"type": "function", "name": name, "description": "Notes.", "parameters": OBJECT, "strict": True}
         for name in ("note_this", "note_that")]  # fmt: skip
LOW: dict[str, Any] = {
    "instructions": "Be brief.", "temperature": 0, "top_p": 0, "max_output_tokens": 48, "max_tool_calls": 3,
    "metadata": {"purpose": "contract", "empty": ""}, "parallel_tool_calls": False, "prompt_cache_key": "k" * 64,
    "safety_identifier": "s" * 64, "service_tier": "auto", "store": False, "text": {"verbosity": "low"},
    "truncation": "auto", "tools": TOOLS, "tool_choice": "auto", "top_logprobs": 2, "background": False,
    "include": ["message.output_text.logprobs"],
}  # fmt: skip
PAIRS = {f"{'k' * 62}{number:02}": "välue" + "v" * 507 for number in range(16)}
HIGH: dict[str, Any] = {
    "instructions": "Use the tools.", "temperature": 2, "top_p": 1, "max_output_tokens": 256, "service_tier": "default",
    "text": {"format": {"type": "text"}, "verbosity": "high"}, "truncation": "disabled", "tools": TOOLS, "store": False,
    "user": "antiphon", "metadata": PAIRS, "parallel_tool_calls": True,
    "tool_choice": {
        "type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "note_that"}],
    },
}  # fmt: skip


def error_of(exchange: Exchange) -> dict[str, Any]:
    error = exchange.body.get("error") if exchange.is_client_error else None
    return error if isinstance(error, dict) else {}


def refused(exchange: Exchange, name: str) -> bool:
    """The refusal names a parameter."""
    param = error_of(exchange).get("param")
    if isinstance(param, str):
        return param == name or param.startswith((f"{name}.", f"{name}["))
    return name in str(error_of(exchange).get("message", ""))


async def set_all(api: Api, text: str, values: dict[str, Any]) -> None:
    """Send a create with all of these values; a parameter that is refused by its name is left out of the next try."""
    body = dict(values)
    for _ in range(MOST_TRIES):
        answer = await api.create(input=text, **body)
        culprit = next((name for name in body if refused(answer.exchange, name)), None)
        if answer.ok or culprit is None:
            return
        del body[culprit]


@scenario()
async def low_values(api: Api) -> None:
    """Nearly every parameter is set, where it has an order to its lowest value."""
    await set_all(api, "Say hi.", LOW)


@scenario()
async def high_values(api: Api) -> None:
    """Nearly every parameter is set, where it has an order to its highest value."""
    await set_all(api, "Note that.", HIGH)


@scenario()
async def middle_values(api: Api) -> None:
    """The values between the lowest and the highest."""
    await set_all(api, "Say hi.", {"text": {"verbosity": "medium"}, "max_output_tokens": 32, "store": False})


@dataclass(frozen=True)
class Range:
    """A parameter with values at both ends."""

    requirement: str
    parameter: str


RANGES = (
    Range("limits.temperature-range", "temperature"),
    Range("limits.top-p-range", "top_p"),
    Range("limits.truncation-values", "truncation"),
    Range("limits.service-tier-values", "service_tier"),
    Range("limits.verbosity-values", "text"),
    Range("limits.safety-identifier", "safety_identifier"),
    Range("limits.prompt-cache-key-64", "prompt_cache_key"),
)


def judged(exchanges: Iterable[Exchange], parameter: str) -> list[Exchange]:
    """The exchanges that took a parameter or refused it, those left out that refuse another one."""
    asked = [each for each in exchanges if parameter in (each.sent or {})]
    told = [each for each in asked if each.is_success or refused(each, parameter)]
    return [each for each in told if error_of(each).get("code") not in UNSUPPORTED and "support" not in _said(each)]


def _said(exchange: Exchange) -> str:
    """The message of a refusal whose code does not say that the model lacks the parameter."""
    error = error_of(exchange)
    return "" if error.get("code") else str(error.get("message", ""))


@requirement("{range_.requirement}")
@pytest.mark.parametrize("range_", RANGES, ids=lambda each: each.requirement)
def test_both_ends_are_taken(low_values: Transcript, high_values: Transcript, range_: Range) -> None:
    """The lowest and the highest value are accepted."""
    told = judged([*low_values, *high_values], range_.parameter)
    assume(told, "the model does not know the parameter, or the create was refused for another one")

    for exchange in told:
        assert exchange.is_success


@requirement("metadata.maximum-accepted")
def test_sixteen_long_pairs_come_back(low_values: Transcript, high_values: Transcript) -> None:
    """Sixteen pairs with keys of 64 and values of 512 characters are accepted and come back."""
    assume(any(each.is_success for each in judged(low_values, "metadata")), "no metadata are taken at all")
    told = judged(high_values, "metadata")
    assume(told, "the create was refused for another parameter")
    assert told[0].is_success
    assume(told[0].reply.get("metadata"), "no metadata come back at all")

    assert told[0].reply["metadata"] == PAIRS


@requirement("limits.verbosity-values")
def test_the_middle_is_taken(middle_values: Transcript) -> None:
    """The verbosity medium is accepted."""
    middle = middle_values[0]
    assume(not is_unsupported(middle), "the model has no verbosity")

    assert middle.is_success


@requirement("create.include-refused-or-kept")
def test_an_include_shows(low_values: Transcript) -> None:
    """A known include value is honoured or refused by name."""
    asked = [each for each in low_values if each.is_success and "include" in (each.sent or {})]
    if any(refused(each, "include") for each in low_values):
        return
    assume(asked and isinstance(asked[0].body.get("output"), list), "no create with include was answered")
    (answered,) = asked
    parts = [part for item in answered.body["output"] if item.get("type") == "message" for part in item["content"]]
    texts = [part for part in parts if part.get("type") == "output_text" and part.get("text")]
    assume(texts, "the model said nothing")

    assert all(part.get("logprobs") for part in texts)


def called_by(exchange: Exchange) -> set[Any]:
    """The names of the functions that a response calls."""
    output = exchange.body.get("output") if exchange.is_success else None
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    return {item.get("name") for item in items if item.get("type") == "function_call"}


@requirement("tools.allowed-limits")
def test_only_allowed_tools_are_called(high_values: Transcript, low_values: Transcript) -> None:
    """With allowed_tools only those tools are called."""
    *_, answered = high_values
    assume(answered.is_success and "tool_choice" in answered.sent, "allowed_tools was refused")
    called, unasked = called_by(answered), called_by(low_values[-1])
    assume(called, "no tool was called")
    assume(called != unasked, "the same tool is called where none is preferred")

    assert called == {"note_that"}


@requirement("tools.allowed-lists-all")
def test_all_tools_are_listed(high_values: Transcript) -> None:
    """With allowed_tools the reply lists all tools."""
    *_, answered = high_values
    assume(answered.is_success and "tool_choice" in answered.sent, "allowed_tools was refused")
    listed = answered.body.get("tools")
    assume(isinstance(listed, list) and listed, "the reply lists no tools")

    assert {tool.get("name") for tool in listed} == {"note_this", "note_that"}
