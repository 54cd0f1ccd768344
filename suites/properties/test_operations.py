"""Requests that were generated from the contract, by operation: those that do not fit it, and those that do."""

from collections.abc import Callable

from antiphon.contract.model import Contract
from antiphon.generated import operations, rules
from antiphon.generated.probe import probe
from antiphon.suite import Api, Transcript, any_outcome, assume, none_of, prerequisites, requirement, scenario

NOTHING = "no request could be generated, or none was sent"


def hold(said: Transcript, contract: Contract, breaks: Callable[..., bool], expected: str, named: str) -> None:
    """None of the generated requests breaks what is named; the smallest that does is shown."""
    sent = rules.generated_exchanges(said, contract.edition, said.case)
    assume(sent, NOTHING)

    none_of(rules.breach(rules.smallest(sent, breaks), expected, named))


@scenario(needs=prerequisites.capabilities_of, each=operations.wrong_names())
async def invalid(api: Api, operation: str) -> None:
    """Requests are sent that the schemas of the operation do not let through."""
    await probe(api, operation, valid=False)


@scenario(needs=prerequisites.capabilities_of, each=operations.names())
async def valid(api: Api, operation: str) -> None:
    """Requests are sent that the schemas of the operation let through."""
    await probe(api, operation, valid=True)


@any_outcome
@requirement("properties.answered")
def test_an_invalid_request_is_answered(invalid: Transcript, contract: Contract) -> None:
    """Every reply to a generated request comes, and comes whole."""
    hold(invalid, contract, rules.is_unanswered, "a reply that comes to its end", "properties.answered")


@any_outcome
@requirement("properties.answered")
def test_a_valid_request_is_answered(valid: Transcript, contract: Contract) -> None:
    """Every reply to a generated request comes, and comes whole."""
    hold(valid, contract, rules.is_unanswered, "a reply that comes to its end", "properties.answered")


@any_outcome
@requirement("properties.invalid-refused")
def test_an_invalid_request_is_refused(invalid: Transcript, contract: Contract) -> None:
    """A request that breaks the schema of its operation is refused with a 4xx."""
    hold(invalid, contract, rules.is_accepted, "a refusal with a 4xx status", "properties.invalid-refused")


@any_outcome
@requirement("properties.valid-documented")
def test_a_valid_request_is_taken_or_refused_by_a_known_rule(valid: Transcript, contract: Contract) -> None:
    """A request that fits is taken, or refused with a code that the contract knows."""
    hold(
        valid,
        contract,
        rules.has_unknown_code,
        "success, or a refusal with a known code",
        "properties.valid-documented",
    )
