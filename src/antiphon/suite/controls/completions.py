"""A plain completion: what others, and refusals, are held against."""

from __future__ import annotations

from antiphon.effects.create_record import CreateRecord
from antiphon.exercise.api import Api
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume, scenario
from antiphon.suite.controls.token_counts import RULES, TEXT, assume_count_moves, count_input

QUESTION = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"{TEXT} {RULES}"}]
"""As long as the longer create of `weighed`, so that both can be compared."""


@scenario(needs={"chat"})
async def chatted(api: Api) -> None:
    """A question is answered. It has nothing but what every completion has, as the triggers of refusals change it."""
    await api.call("chat.create", body={"model": api.model, "messages": QUESTION, "max_completion_tokens": 400})


def counts_alike(chatted: Transcript, weighed: Transcript) -> bool:
    """A long text counts about the same input tokens on both surfaces; a few words stand beside one of them."""
    assume_count_moves(weighed[0], weighed[1])
    completion = CreateRecord(chatted[0], "chat.create").tokens("input")
    assume(completion is not None, "the completion counts nothing")
    counts = count_input(weighed[1]), completion or 0
    return max(counts) - min(counts) <= 20 + max(counts) // 5
