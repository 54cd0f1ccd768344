"""Thoughts that the server does not keep: sealed on request, and sent back with the next turn."""

from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, names_field, requirement, scenario

USER = {"type": "message", "role": "user", "content": "How many edges has a cube? Answer with a number."}
MORE = {"type": "message", "role": "user", "content": "And a tetrahedron?"}
SUMMARY = [{"type": "summary_text", "text": "It has twelve."}]
SEALED = ["reasoning.encrypted_content"]


def thoughts(exchange: Exchange) -> list[dict[str, Any]]:
    output = exchange.reply.get("output")
    items = output if isinstance(output, list) else []
    return [item for item in items if item.get("type") == "reasoning" and item.get("encrypted_content")]


@scenario(needs={"reasoning"})
async def sealed(api: Api) -> None:
    """A thought is sealed and not stored, and sent back in a stream that asks for a summary; plainly on refusal."""
    model = api.target.reasoning_model or api.model
    fixed: dict[str, Any] = {"model": model, "store": False, "include": SEALED, "max_output_tokens": 4096}
    first = await api.create(input=[USER], reasoning={"effort": "low"}, **fixed)
    turns = [USER, *first.output, MORE]
    second = await api.create(input=turns, reasoning={"effort": "low", "summary": "auto"}, stream=True, **fixed)
    if not second.ok:
        await api.create(input=turns, reasoning={"effort": "low"}, **fixed)
        full = [{**turn, "summary": SUMMARY} if turn.get("type") == "reasoning" else turn for turn in turns]
        await api.create(input=full, reasoning={"effort": "low"}, **fixed)


@requirement("reasoning.encrypted-replay")
def test_a_sealed_thought_is_taken_back(sealed: Transcript) -> None:
    """A reasoning item with encrypted content is taken back as input."""
    first, *replays = sealed
    assume(thoughts(first), "the model showed no sealed thought")

    assert any(replay.is_success for replay in replays)


@requirement("reasoning.summary-only-replay")
def test_an_empty_summary_is_taken_back(sealed: Transcript) -> None:
    """A reasoning item with an empty summary is taken back as input."""
    first, *replays = sealed
    assume(any(item.get("summary") == [] for item in thoughts(first)), "no sealed thought has an empty summary")
    assume(any(replay.is_success for replay in replays), "no sealed thought is taken back at all")

    assert any(replay.is_success for replay in replays[:2])


@requirement("create.include-refused-or-kept")
def test_what_is_included_shows(sealed: Transcript) -> None:
    """A known include value is honoured or refused by name."""
    first = sealed[0]
    assume(not names_field(first, "store", "effort", "max_output_tokens"), "another part of the create is refused")
    assert first.is_success
    assume(isinstance(first.body.get("output"), list), "the reply has no output")
    shown = [item for item in first.body["output"] if item.get("type") == "reasoning"]
    assume(shown, "the model showed no thought")

    assert all(item.get("encrypted_content") for item in shown)
