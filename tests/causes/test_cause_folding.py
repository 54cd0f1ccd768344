"""Breaches become causes whatever their order, the gravest cause first, and nothing falls between two families."""

from __future__ import annotations

from itertools import permutations

import pytest

from antiphon.causes.cause import Breach, BrokenPlace
from antiphon.causes.dominances import DOMINANCES
from antiphon.causes.fold import KINDS, fold, kind_of
from antiphon.causes.reply_kind import ReplyKind, reply_kind
from antiphon.contract.load import contract
from antiphon.recording.exchange import Chunk, Exchange, Failure, Request, Response

POST = Request("POST", "/responses")


def breach(
    requirement: str, *places: BrokenPlace, level: str = "must", clients: tuple[str, ...] = (), violated: int = 1
) -> Breach:
    return Breach(requirement, level, violated, frozenset(clients), places or (place(),))


def place(
    exchange: str = "a/1", at: str = "", got: str = "nothing", reply: ReplyKind | None = None, message: str = ""
) -> BrokenPlace:
    return BrokenPlace(exchange, at, "something", got, reply, message)


def exchange(body: bytes, sent: object, status: int = 200, media_type: str = "application/json") -> Exchange:
    request = Request("POST", "/responses", body=sent)
    return Exchange("a/1", request, Response(status, (("content-type", media_type),), (Chunk(0.0, body),)))


def test_the_gravest_is_first_by_clients_then_level_then_breadth() -> None:
    breaches = [
        breach("usage.input-positive", level="should", violated=90),
        breach("usage.output-positive", level="should", violated=90),
        breach("sse.charset", level="should"),
        breach("limits.output-within-limit"),
        breach("stream.sequence.present", clients=("codex",)),
        breach("tools.named-function", clients=("codex", "litellm")),
        breach("background.completes"),
        breach("background.reaches-end"),
    ]
    expected = ["tools-and-formats", "lean-events", "background", "limits", "usage", "frames"]

    for order in list(permutations(breaches))[::97]:
        assert [cause.id for cause in fold(order)] == expected


def test_a_cause_is_led_by_its_weightiest_breach() -> None:
    lean = [breach("response.field.store", place(at="/store"), level="should", violated=46),
            breach("response.field.error", place(at="/error"), clients=("codex",))]  # fmt: skip
    (cause,) = fold(lean)

    assert [each.requirement for each in cause.breaches] == ["response.field.error", "response.field.store"]
    assert (cause.title, cause.level, cause.places) == ("Response objects lack members: error, store", "must", 47)
    assert cause.clients == {"codex"}


def test_the_same_bytes_are_blamed_once_by_what_is_nearest() -> None:
    empty = place("a/1", "event 0 /response/model", "''")
    changed = place("a/1", "event 5 /response/model", "'m'")
    (cause,) = fold([breach("response.field.model", empty), breach("stream.lifecycle.constant-model", changed)])

    assert [each.requirement for each in cause.breaches] == ["response.field.model", "stream.lifecycle.constant-model"]


def test_whole_exchanges_are_not_the_same_bytes() -> None:
    assert len(fold([breach("tools.required-calls"), breach("store.delete-succeeds")])) == 2


@pytest.mark.parametrize("dominance", DOMINANCES, ids=lambda dominance: dominance.id)
def test_a_kind_of_reply_explains_what_is_wholly_in_it(dominance: object) -> None:
    assert isinstance(dominance, type(DOMINANCES[0]))
    reply = min(dominance.replies)
    id = next((each for each in dominance.only if "*" not in each), "stream.first-is-created")
    inside, beside = place("a/1", reply=reply), place("b/1", reply=ReplyKind.USUAL)

    assert kind_of(breach(id, inside)) == dominance.id
    assert kind_of(breach(id, inside, beside)) != dominance.id
    assert kind_of(breach("headers.request-id", inside)) == "headers"


def test_ready_made_answers_explain_what_is_not_repeated() -> None:
    canned = [breach("create.id-unique"), breach("response.created-at.near-now"),
              breach("response.echo.tools", place(at="/tools", got="an empty list"))]  # fmt: skip

    assert [cause.id for cause in fold(canned)] == ["canned-answers"]
    assert {cause.id for cause in fold(canned[1:])} == {"ids-and-times", "lost-echoes"}


def test_unnumbered_events_explain_what_is_told_by_number() -> None:
    unnumbered = [breach("stream.sequence.present"), breach("concurrency.streams-separate")]

    assert [cause.id for cause in fold(unnumbered)] == ["lean-events"]
    assert [cause.id for cause in fold(unnumbered[1:])] == ["mixed-up"]


def test_a_socket_that_repeats_what_is_broken_over_http_is_the_same_cause() -> None:
    there = breach("websocket.same-grammar", place("socket/1", message="stream.sum.text: differs"))

    assert [cause.id for cause in fold([there, breach("stream.sum.text")])] == ["stream-sums"]
    assert len(fold([there, breach("stream.sum.refusal")])) == 2


def test_lone_shoulds_are_one_cause() -> None:
    lone = [breach("sse.charset", level="should"), breach("cancel.takes-effect", level="should")]
    (cause,) = fold([*lone])

    assert cause.title == "Recommendations are not kept, each a matter of its own: takes effect, charset"
    assert [each.id for each in fold(lone[:1])] == ["frames"]
    assert {each.id for each in fold([lone[0], breach("cancel.twice")])} == {"frames", "background"}


def test_no_requirement_is_without_a_family() -> None:
    """Of whatever it may be broken by, each has a kind that says in plain words what the server does."""
    kinds = {kind.id for kind in KINDS}
    lone = {id for id in contract().requirements for got in ("nothing", "null", "200 {}", "500", "x")
            if kind_of(breach(id, place(at="/x", got=got))) not in kinds}  # fmt: skip

    assert lone == set()


def test_a_new_area_has_a_cause_of_its_own() -> None:
    (cause,) = fold([breach("novelties.first"), breach("novelties.last")])

    assert cause.title == "What is promised of novelties is not kept: first, last"


@pytest.mark.parametrize(
    ("exchange", "reply"),
    [
        (exchange(b"{}", {}), ReplyKind.USUAL),
        (exchange(b"null", {}), ReplyKind.NULL),
        (exchange(b" ", {}), ReplyKind.EMPTY),
        (exchange(b"<html>", {}), ReplyKind.NO_JSON),
        (exchange(b"[]", {}), ReplyKind.NO_OBJECT),
        (exchange(b"{}", {"stream": True}), ReplyKind.PLAIN),
        (exchange(b"{}", {"stream": "yes"}), ReplyKind.USUAL),
        (exchange(b"data: {}\n\n", {}, media_type="text/event-stream"), ReplyKind.STREAM),
        (exchange(b"data: {}\n\n", {"stream": True}, media_type="text/event-stream"), ReplyKind.USUAL),
        (exchange(b"{}", {"stream": True}, 400), ReplyKind.USUAL),
        (exchange(b"x", {}, 500), ReplyKind.BROKE),
        (exchange(b"x", {}, 429), ReplyKind.OVERLOADED),
        (exchange(b"", {}, 307), ReplyKind.REDIRECTED),
        (Exchange("a/1", POST, None, failure=Failure("connect", "refused")), ReplyKind.UNANSWERED),
        (Exchange("a/1", Request("GET", "/responses/x"), Response(200, (), ())), ReplyKind.USUAL),
    ],
    ids=lambda value: str(value) if isinstance(value, ReplyKind) else "",
)  # fmt: skip
def test_replies_are_of_kinds(exchange: Exchange, reply: ReplyKind) -> None:
    assert reply_kind(exchange) is reply


def test_more_than_can_be_read_are_fewer_by_the_shoulds_of_no_client() -> None:
    musts = [breach(f"{area}.x") for area in ("resume", "chat", "limits", "compact", "reasoning", "conversations")]
    musts += [breach(f"{area}.x") for area in ("webhooks", "websocket", "modes", "structured", "headers", "usage")]
    shoulds = [breach(f"{area}.{name}", level="should") for area in ("background", "chain") for name in ("x", "y")]

    assert len(fold([*musts, *shoulds])) == 14
    more = [breach("tools.x"), breach("errors.x")]
    assert [cause.id for cause in fold([*musts, *shoulds, *more])][-1] == "lone-shoulds"
