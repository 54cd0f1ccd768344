"""What is stored, continued, listed and counted wrongly."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, breaking, one


def fault(name: str, says: str, breaks: str, implies: str = "", **policy: object) -> Fault:
    return breaking(name, says, breaks, implies, policy=policy)


GONE = "store.readable-at-once store.readable-after-stream store.echo-tells-truth"
CHAINS = "chain.usable-after-stream chain.context-included"
FAULTS = (
    fault(
        "nothing-stored",
        "A response is never stored, though it says so.",
        f"{GONE} store.default-on",
        f"{CHAINS} chain.fork-succeeds chain.grows store.get-equals-create store.delete-succeeds create.item-reference "
        "chain.function-output-continues stream.final.equals-retrieved metadata.kept-on-get",
        stores=False,
    ),
    fault(
        "unstored-kept",
        "A response with store false can be read like any other.",
        "store.off-not-readable store.off-not-deletable store.off-no-input-items chain.unstored-refused",
        "store.off-is-404 store.off-not-cancellable",
        keeps_unstored=True,
    ),
    fault(
        "readable-late",
        "A response can be read only a second after it has ended.",
        "store.readable-at-once store.readable-after-stream chain.usable-after-stream",
        "store.echo-tells-truth store.get-equals-create store.delete-succeeds metadata.kept-on-get "
        "chain.context-included chain.grows chain.fork-succeeds",
        readable_after=1.0,
    ),
    fault(
        "previous-ignored",
        "An unknown previous_response_id is taken as none.",
        "chain.unknown-refused",
        "chain.unstored-refused store.delete-then-chain compact.id-not-chainable",
        unknown_previous="ignored",
    ),
    fault(
        "chain-empty",
        "previous_response_id is accepted, and its context is left out.",
        "chain.context-included",
        "chain.grows chain.context-matches-replay chain.function-output-continues input-tokens.grows-with-previous",
        chains=False,
    ),
    fault(
        "chain-without-output",
        "A continued response does not read what the model said before.",
        "chain.context-matches-replay",
        "chain.function-output-continues chain.context-included",
        chain_keeps_output=False,
    ),
    fault(
        "chain-without-input",
        "A continued response does not read what the user said before.",
        "chain.context-matches-replay",
        "chain.context-included",
        chain_keeps_input=False,
    ),
    fault(
        "chain-forgets",
        "A continued response reads only the turn right before it.",
        "chain.grows",
        "chain.context-matches-replay",
        chain_reaches_back=False,
    ),
    fault(
        "instructions-inherited",
        "Instructions of an earlier response are carried over.",
        "chain.instructions-not-inherited chain.instructions-null",
        inherits_instructions=True,
    ),
    fault(
        "tools-inherited",
        "Tools of an earlier response are carried over.",
        "chain.tools-not-inherited",
        inherits_tools=True,
    ),
    fault(
        "forks-leak", "A second branch of a chain reads the input of the first.", "chain.fork-separate", forks_leak=True
    ),
    fault(
        "calls-unpaired",
        "A call without an output, and an output without a call, are taken.",
        "errors.trigger.output-without-call errors.trigger.call-without-output",
        "errors.trigger.reasoning-without-item errors.trigger.output-without-call.detail "
        "errors.trigger.call-without-output.detail",
        pairs_calls=False,
    ),
    fault(
        "references-unresolved",
        "A reference to an item of a stored response is not found.",
        "create.item-reference",
        resolves_references=False,
    ),
    fault(
        "metadata-counted",
        "Metadata counts as input.",
        "metadata.not-counted",
        "input-tokens.equals-usage",
        metadata_counts=True,
    ),
    fault(
        "delete-does-nothing",
        "A deletion is confirmed, and the response stays.",
        "store.delete-then-get",
        "store.delete-then-get-404 store.delete-then-chain store.delete-then-input-items store.delete-twice "
        "background.delete-running",
        deletes=False,
    ),
    fault(
        "deleted-continues",
        "A deleted response can still be continued.",
        "store.delete-then-chain",
        deleted_chains=True,
    ),
    fault(
        "delete-always-confirmed",
        "A second deletion is confirmed like the first.",
        "store.delete-twice",
        deletes_once=False,
    ),
    fault(
        "order-default-ascending",
        "Items are listed oldest first when no order is asked for.",
        "input-items.default-order",
        page_default_order="asc",
    ),
    fault(
        "order-ignored",
        "Items are listed newest first whatever order is asked for.",
        "input-items.order-ascending input-items.order-matches-input",
        page_obeys_order=False,
    ),
    fault(
        "after-inclusive",
        "A page begins with the item it was asked to begin after.",
        "input-items.after-exclusive",
        "input-items.pages-complete",
        page_after_inclusive=True,
    ),
    fault(
        "limit-ignored",
        "A page holds all items whatever its limit.",
        "input-items.limit-respected",
        "input-items.default-limit input-items.has-more",
        page_obeys_limit=False,
    ),
    fault(
        "limit-default-ten",
        "A page holds ten items when no limit is asked for.",
        "input-items.default-limit",
        page_default_limit=10,
    ),
    fault(
        "output-listed",
        "Output items stand among the input items.",
        "input-items.no-output",
        "input-items.default-order input-items.order-matches-input input-items.lists-input",
        page_shows_output=True,
    ),
    fault(
        "count-off-by-one",
        "The token count is one more than the create would use.",
        "input-tokens.equals-usage",
        count_extra=1,
    ),
    fault(
        "count-without-tools",
        "Tools are not counted.",
        "input-tokens.grows-with-tools",
        "input-tokens.equals-usage",
        count_ignores=one("tools"),
    ),
    fault(
        "count-without-instructions",
        "Instructions are not counted.",
        "input-tokens.grows-with-instructions",
        "input-tokens.equals-usage",
        count_ignores=one("instructions"),
    ),
    fault(
        "count-without-previous",
        "The turns before are not counted.",
        "input-tokens.grows-with-previous",
        "input-tokens.equals-usage",
        count_ignores=one("previous_response_id"),
    ),
)
