"""Steps of a reproduction: the exchanges that it takes, in their order, and how each is made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from antiphon.recording.exchange import CLEAN_UP, RETRIED, Exchange
from antiphon.report.reproduction.origins import Origins, last_object

CLOCKS = 0.005
"""Seconds by which the end of one exchange may seem to lie after the start of the next."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 3.0
"""Seconds between two steps that are waited again."""
MARGIN = 1.5
"""How much longer is waited than in the run: the server may be slower the next time."""
RUNNING = ("queued", "in_progress")


@dataclass(frozen=True)
class Step:
    """An exchange that is made again."""

    exchange: Exchange
    pause: float = 0.0
    """Seconds before it."""
    is_beside: bool = False
    """The next steps do not wait for its end."""
    is_after_all: bool = False
    """It waits for the end of all before it."""
    is_poll: bool = False
    """It is made until the response has ended."""
    events: int | None = None
    """The number of events after which the stream was left; None where it was read to its end."""


def steps_of(wanted: Collection[str], scenario: Sequence[Exchange]) -> list[Step]:
    """The steps that it takes to make the wanted exchanges of a scenario again.

    Those of a recording are made one after the other: recorders know the second at which a reply came, at best.
    """
    made = [each for each in scenario if each.id in wanted or not {RETRIED, CLEAN_UP} & each.notes]
    is_played = all(each.scenario for each in made)
    has_times = is_played or all(each.started_at for each in made)
    ordered = sorted(made, key=lambda each: each.started_at) if has_times else made
    chosen = _with_prerequisites(wanted, ordered)
    steps: list[Step] = []
    for place, each in enumerate(ordered):
        if each.id not in chosen:
            continue
        if steps and _is_poll_of(steps[-1].exchange, each):
            steps.pop()
        steps.append(_step(each, ordered[:place]))
    return _in_time(steps) if is_played else [replace(step, pause=0.0) for step in steps]


def _with_prerequisites(wanted: Collection[str], ordered: Sequence[Exchange]) -> set[str]:
    """The wanted exchanges, those that made what they name, and those that changed it or waited for it before."""
    origins = Origins(ordered)
    uses = {each.id: origins.used_by(each) for each in ordered}
    chosen = {each.id for each in ordered if each.id in wanted}
    for place in range(len(ordered) - 1, -1, -1):
        later = ordered[place]
        if later.id not in chosen:
            continue
        names = uses[later.id].keys()
        chosen |= {origin.exchange for origin in uses[later.id].values()}
        for earlier in ordered[:place]:
            touches = not names.isdisjoint(uses[earlier.id])
            if touches and (_may_change(earlier) or _ends_waiting(earlier, ordered)):
                chosen.add(earlier.id)
    return chosen


def _may_change(exchange: Exchange) -> bool:
    return exchange.request is not None and exchange.request.method not in ("GET", "HEAD")


def _status(exchange: Exchange) -> str:
    reply = last_object(exchange)
    return str(reply.get("status")) if isinstance(reply, dict) else ""


def _is_poll_of(earlier: Exchange, later: Exchange) -> bool:
    """Both read the same, and the first found it running."""
    return _same_read(earlier, later) and _status(earlier) in RUNNING


def _same_read(one: Exchange, other: Exchange) -> bool:
    first, second = one.request, other.request
    if first is None or second is None or first.method != "GET":
        return False
    return (first.method, first.path, first.query) == (second.method, second.path, second.query)


def _ends_waiting(exchange: Exchange, ordered: Sequence[Exchange]) -> bool:
    """A read that found ended what others had found running."""
    if exchange.request is None or exchange.request.method != "GET" or _status(exchange) in ("", "None", *RUNNING):
        return False
    return _was_running(exchange, [each for each in ordered if each.started_at < exchange.started_at])


def _was_running(read: Exchange, earlier: Sequence[Exchange]) -> bool:
    """The last that was said of a response, before it was read, was that it runs."""
    id = read.request.path.rpartition("/")[2] if read.request else ""
    said = [_status(each) for each in earlier if isinstance(found := last_object(each), dict) and found.get("id") == id]
    return bool(said) and said[-1] in RUNNING


def _step(exchange: Exchange, earlier: Sequence[Exchange]) -> Step:
    is_read = exchange.request is not None and exchange.request.method == "GET" and not exchange.is_stream
    polls = is_read and _was_running(exchange, earlier) and _status(exchange) not in ("", "None", *RUNNING)
    events = len(exchange.frames) if "hung-up" in exchange.notes and exchange.is_stream else None
    ended = max((each.started_at + each.elapsed for each in earlier), default=exchange.started_at)
    pause = exchange.started_at - ended
    waits = 0.0 if polls or pause < SHORTEST_PAUSE else round(min(MARGIN * pause, LONGEST_PAUSE), 1)
    return Step(exchange, pause=waits, is_poll=polls, events=events)


def _in_time(steps: Sequence[Step]) -> list[Step]:
    """The steps with what overlapped: one during which another began is not waited for."""
    timed: list[Step] = []
    open_until = 0.0
    for place, step in enumerate(steps):
        start = step.exchange.started_at
        end = start + step.exchange.elapsed
        beside = any(later.exchange.started_at < end - CLOCKS for later in steps[place + 1 :])
        after_all = bool(open_until) and start >= open_until - CLOCKS
        open_until = max(0.0 if after_all else open_until, end if beside else 0.0)
        timed.append(replace(step, is_beside=beside, is_after_all=after_all))
    return timed
