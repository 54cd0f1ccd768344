"""How hard a model is to think, and what becomes of a limit that the thoughts use up."""

from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

EFFORTS = ("low", "medium", "high")


def names_effort(exchange: Exchange) -> bool:
    """A refusal is about the reasoning that was asked for."""
    error = exchange.body.get("error") if exchange.is_client_error else None
    said = f"{error.get('param')} {error.get('message')}" if isinstance(error, dict) else ""
    return "reasoning" in said or "effort" in said


@scenario()
async def efforts(api: Api) -> None:
    """Each effort is asked for."""
    model = api.target.reasoning_model or api.model
    for effort in EFFORTS:
        reasoning = {"effort": effort}
        await api.create(model=model, input="Say hi.", reasoning=reasoning, max_output_tokens=2048, store=False)


@scenario(needs={"reasoning", "streaming"})
async def summarised(api: Api) -> None:
    """A detailed summary is asked for beside a sealed thought, streamed and plain, for the wire checks."""
    model = api.target.reasoning_model or api.model
    body: dict[str, Any] = {"model": model, "input": "How many edges has a cube?", "max_output_tokens": 2048}
    body |= {"reasoning": {"effort": "low", "summary": "detailed"}, "include": ["reasoning.encrypted_content"]}
    await api.stream(**body, store=False)
    await api.create(**body, store=False)


@requirement("reasoning.effort-values")
def test_efforts_are_accepted(efforts: Transcript) -> None:
    """The efforts low, medium and high are accepted by a model that reasons."""
    assume(any(each.is_success for each in efforts), "the model does not reason")
    refused = [each.sent["reasoning"]["effort"] for each in efforts if not each.is_success]

    assert refused == []


@scenario()
async def plain_model_reasons(api: Api) -> None:
    """The model of the target is asked to reason, whether it does or not."""
    await api.create(input="Say hi.", reasoning={"effort": "low"}, max_output_tokens=512)


@scenario(needs={"streaming"})
async def plain_model_thinks_aloud(api: Api) -> None:
    """The same as a stream, for the wire checks: models of open weights show their thoughts as they are."""
    await api.stream(input="Say hi.", reasoning={"effort": "low"}, max_output_tokens=512, store=False)


@requirement("reasoning.plain-model")
def test_a_plain_model_refuses_or_ignores(plain_model_reasons: Transcript) -> None:
    """A reasoning setting on a model that does not reason is refused or ignored."""
    (asked,) = plain_model_reasons

    assert asked.is_success or names_effort(asked)


@scenario(needs={"reasoning"})
async def thoughts_cut(api: Api) -> None:
    """A model is to think hard within a small limit."""
    model = api.target.reasoning_model or api.model
    text = "Prove that there are infinitely many primes, in every detail."
    await api.create(model=model, input=text, reasoning={"effort": "high"}, max_output_tokens=20, store=False)


@requirement("limits.reasoning-counts")
def test_thoughts_may_use_up_the_limit(thoughts_cut: Transcript) -> None:
    """A limit may be used up by reasoning, so that no message follows."""
    (cut,) = thoughts_cut
    assume(cut.is_success or cut.is_client_error, "there is no reply")
    assume(not names_effort(cut), "the model does not take the effort")
    status: Any = cut.reply.get("status")

    assert cut.is_success
    assume(status != "completed", "the model answered within its limit")
    assert status == "incomplete"
