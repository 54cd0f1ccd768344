"""Every known way to be refused: the refusal itself, and how exactly it is worded in status, type, param and code."""

from antiphon.contract.model import Contract
from antiphon.contract.triggers import ABSENT, Trigger, triggers
from antiphon.suite import Api, Transcript, assume, prerequisites, requirement, scenario

ALWAYS = {
    "unknown-model", "temperature-type", "temperature-above", "missing-input", "unknown-previous-response",
    "tool-choice-absent-tool", "format-without-name", "broken-json", "no-key", "unknown-field", "background-type",
    "include-value", "input-empty-list", "instructions-type", "max-output-tokens-zero", "max-tool-calls-zero",
    "metadata-pairs", "parallel-tool-calls-type", "reasoning-effort-value", "service-tier-value", "store-type",
    "stream-type", "stream-options-alone", "text-format-type", "tool-type", "tool-chat-shape", "top-logprobs-above",
    "top-p-above", "truncation-value", "chat-unknown-model", "chat-messages-missing", "chat-temperature-above",
    "chat-choices-zero", "chat-stop-five",
}  # fmt: skip
"""These are pulled in every run; the others when it is to be thorough."""

BUSY = 429
FOR_NOW = "the target takes no calls for the moment, whatever they hold"


@scenario(
    each=[each for each in triggers() if (each.portable or each.for_thinkers) and each.operation != "websocket"],
    needs=prerequisites.needs,
    thorough=lambda trigger: trigger.id not in ALWAYS,
)
async def refused(api: Api, trigger: Trigger) -> None:
    """A request is sent that must be refused, after making what it rests on."""
    names = await prerequisites.make_prerequisites(api, trigger)
    await prerequisites.send(api, trigger, names)


@requirement("{case.requirement}")
def test_is_refused(refused: Transcript) -> None:
    """The request is refused."""
    *_, refusal = refused
    assume(refusal.status != BUSY, FOR_NOW)

    assert refused.case.accepts(refusal.status)


@requirement("{case.detail}")
def test_says_why(refused: Transcript, contract: Contract) -> None:
    """The refusal has the status, type, param and code of the service."""
    *_, refusal = refused
    left_out = () if contract.edition.data["error_types_compared"] else ("type",)
    expected = {key: value for key, value in refused.case.expected.items() if key not in left_out}
    assume(refusal.is_client_error, "it was not refused")
    assume(refusal.status != BUSY, FOR_NOW)
    error = refusal.body.get("error")
    assume(isinstance(error, dict), "the refusal has no error object")
    came = {"status": refusal.status, **{key: error.get(key, ABSENT) for key in ("type", "param", "code")}}

    assert {key: came[key] for key in expected} == expected
