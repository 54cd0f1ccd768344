"""A body in memory: what it keeps of the chunks of a reply, and who ended it."""

from __future__ import annotations

from antiphon.exercise.http.body import APART, Body
from antiphon.exercise.http.decoder import Identity
from antiphon.exercise.http.reply_room import ReplyRoom
from antiphon.exercise.limits import Limits
from antiphon.recording.exchange import Exchange, Request, Response
from antiphon.recording.outcome import Outcome, outcome

PIECES = [b"%07d" % number for number in range(5_000)]


def test_a_burst_of_small_chunks_is_one_chunk() -> None:
    room = ReplyRoom(200_000)
    body = Body(Limits(), Identity(), streamed=False, run_room=room)

    for number, piece in enumerate(PIECES):
        assert body.add(piece, 0.00001 * number)

    assert b"".join(chunk.data for chunk in body.chunks) == b"".join(PIECES)
    assert len(body.chunks) <= 2 * APART
    assert not room.is_full


def test_chunks_that_come_one_after_the_other_stay_apart() -> None:
    body = Body(Limits(), Identity(), streamed=False)

    for number, piece in enumerate(PIECES[: 3 * APART]):
        body.add(piece, 0.01 * number)

    assert len(body.chunks) == 3 * APART


def test_a_reply_that_we_ended_for_want_of_room_says_nothing_of_the_server() -> None:
    body = Body(Limits(), Identity(), streamed=False, run_room=ReplyRoom(1_000))

    assert not all(body.add(piece, 0.01 * number) for number, piece in enumerate(PIECES))

    response = Response(200, (("content-type", "application/json"),), body.chunks, complete=False)
    cut = Exchange("made/1", Request("POST", "/responses", body={}), response, failure=body.failure)
    assert outcome(cut) is Outcome.UNSENT
