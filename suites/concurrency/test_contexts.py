"""Several responses are continued at once, and each continuation reads its own context."""

import anyio

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

CHAINS = 12
SENTENCE = "The house at the river has a green door and a red roof, and its garden is full of apple trees. "


async def continue_all(api: Api, stream: bool) -> None:
    """Make responses of very different lengths, and then continue all of them at once with the same words."""
    made: list[str] = []

    async def begin(place: int) -> None:
        text = SENTENCE * (3 * place + 1)
        root = await api.create(input=text, store=True, metadata={"root": str(place)}, max_output_tokens=16)
        made.append(root.id)

    async def go_on(root: str) -> None:
        await api.create(
            input="And?", previous_response_id=root, metadata={"after": root}, max_output_tokens=16, stream=stream
        )

    for each, values in ((begin, range(CHAINS)), (go_on, made)):
        async with anyio.create_task_group() as group:
            for value in values:
                group.start_soon(each, value)  # type: ignore[arg-type]


@scenario(needs={"chaining"})
async def continued_at_once(api: Api) -> None:
    """Responses of very different lengths are made, and then all continued at once with the same words."""
    await continue_all(api, stream=False)


@scenario(needs={"chaining", "streaming"})
async def streams_continued_at_once(api: Api) -> None:
    """The same with continuations that stream."""
    await continue_all(api, stream=True)


def counted(exchange: Exchange) -> int:
    """The input tokens that a reply says it used."""
    usage = exchange.reply.get("usage") if exchange.is_success else None
    tokens = usage.get("input_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else 0


def assert_own_contexts(transcript: Transcript) -> None:
    """The longer the response that is continued, the more its continuation reads."""
    roots = {each.body.get("id"): counted(each) for each in transcript if "root" in each.sent["metadata"]}
    after = [each for each in transcript if "after" in each.sent["metadata"] and counted(each)]
    assume(len(after) > 1, "fewer than two continuations count their tokens")
    assume(len(set(roots.values())) == len(roots), "the counts do not tell the responses apart")
    assume(len({counted(each) for each in after}) > 1, "no continuation reads what was said before")
    by_context = sorted(after, key=lambda each: roots[each.sent["previous_response_id"]])

    assert [counted(each) for each in by_context] == sorted({counted(each) for each in after})


@requirement("concurrency.contexts-own")
def test_each_reads_its_own_context(continued_at_once: Transcript) -> None:
    """The longer the response that is continued, the more its continuation reads."""
    assert_own_contexts(continued_at_once)


@requirement("concurrency.contexts-own")
def test_each_stream_reads_its_own_context(streams_continued_at_once: Transcript) -> None:
    """The longer the response that is continued, the more the stream that continues it reads."""
    assert_own_contexts(streams_continued_at_once)
