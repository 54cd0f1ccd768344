"""Runs one suite test as a pure function of transcripts that keeps or breaks a requirement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import FrameType, MappingProxyType, TracebackType
from typing import Any, TypeVar

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import MISSING_ROUTE, Outcome
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.suite.absent_members import MemberRead, MissedMembers, noting_reads
from antiphon.suite.assertion_violation import explain
from antiphon.suite.blamed_exchanges import with_others
from antiphon.suite.unshown_steps import StepUnshown, UnfinishedTranscript, UnshownStep, as_far_as_played, hide_unshown

STATUS = "A status "
"""Begins what is expected of a reply where a test asks for no more than its status."""
CONTROLS = "antiphon.suite.controls"
"""The package of scenarios, and of readings of them, that several files of tests share."""
NOTHING_KEPT: Mapping[str, str] = MappingProxyType({})
Excuse = Callable[[Exchange, Collection[str]], str]
"""Why the reply of an exchange says nothing of some requirements, as others of the run show; empty where it does."""
T = TypeVar("T", bound=Callable[..., None])


class NotTestable(Exception):
    """A precondition of the test did not occur, through no fault of the server."""


class RequirementBroken(Exception):
    """A requirement is broken; the test states where and how."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.got)
        self.violation = violation


@dataclass(frozen=True)
class Observation:
    """Result of one test. At most one of `violation`, `untestable`, `inapplicable`, `unplayed` and `error` is set."""

    violation: Violation | None = None
    untestable: str = ""
    inapplicable: str = ""
    unplayed: str = ""
    """Why the run did not play what the test reads."""
    error: str = ""
    void: Outcome | None = None
    """The outcome of an exchange for which the test is not testable."""
    elapsed: float = 0.0
    """Seconds that the calls took which the test reads."""

    @property
    def judged(self) -> bool:
        """The test judged its requirements, whatever came."""
        return not (self.untestable or self.inapplicable or self.unplayed or self.error)


def observe(
    test: Callable[..., None], arguments: Mapping[str, Any], kept: Mapping[str, str] = NOTHING_KEPT,
    objection: str = "", missed: MissedMembers | None = None, own: Collection[str] = (),
    excuse: Excuse = lambda exchange, requirements: "",
) -> Observation:  # fmt: skip
    """Call a test and return its observation. Never raises for what a server may have sent.

    A lookup that fails in the test's own lines (a missing key, a wrong type) is the server's fault: the reply does not
    have the form that the test reads. The same in our library is an error of ours. Where a call that it reads got no
    answer, or a damaged one, or a server error, or where a create was answered with no response object at all, or with
    no stream, that alone is the fault, and what the test judges was not shown. `kept` are the capabilities that other
    exchanges show to be there, with one of these: a scenario that was declined for want of one excuses nothing. Where a
    refusal ended a scenario, the tests that want this very call to succeed are broken, and all others not testable.
    `objection` is why no create shows anything: the plainest one is refused too, and that alone is the finding.
    Where a test breaks its `own` requirements and read a member that is `missed` by another one, that alone is broken.
    A violation in an exchange that has an `excuse` says nothing of the requirements.
    """
    seen = _observe(test, arguments, kept)
    place = _exchange_of(seen.violation, arguments) if seen.violation and not reads_outcomes(test) else None
    if place and (why := excuse(place, own)):
        return Observation(untestable=why)
    if objection and _is_refused_create(seen, arguments):
        return Observation(untestable=objection)
    if missed and seen.violation and (absence := missed.first_of(_absent_reads(test, arguments), own)):
        return Observation(untestable=absence)
    return replace(seen, elapsed=sum(each.elapsed for read in _transcripts(arguments) for each in read.exchanges))


def _absent_reads(test: Callable[..., None], arguments: Mapping[str, Any]) -> list[MemberRead]:
    """What a test looks for in replies and does not find."""
    reads: list[MemberRead] = []
    noted = {
        name: noting_reads(value, reads) if isinstance(value, Transcript) else value
        for name, value in arguments.items()
    }
    with suppress(StepUnshown):
        _outcome(test, {name: _readable(test, value) for name, value in noted.items()})
    return [each for each in reads if not each.is_there]


def _is_refused_create(seen: Observation, arguments: Mapping[str, Any]) -> bool:
    """A violation is found in the refusal of a create with more than a model and an input."""
    exchange = _exchange_of(seen.violation, arguments) if seen.violation else None
    sent = exchange.sent if exchange is not None and _is_create(exchange) and exchange.is_client_error else None
    return isinstance(sent, dict) and not sent.keys() <= {"model", "input"}


def _exchange_of(violation: Violation, arguments: Mapping[str, Any]) -> Exchange | None:
    """The exchange that a violation names, where the test reads it."""
    exchanges = (each for transcript in _transcripts(arguments) for each in transcript.exchanges)
    return next((each for each in exchanges if each.id == violation.exchange), None)


def _observe(test: Callable[..., None], arguments: Mapping[str, Any], kept: Mapping[str, str]) -> Observation:
    for transcript in _transcripts(arguments):
        if unseen := _unplayed(transcript):
            return _kept_nonetheless(test, arguments, transcript.ending, kept) or unseen
    try:
        return _outcome(test, {name: _readable(test, value) for name, value in arguments.items()})
    except StepUnshown as unshown:
        ending = unshown.ending
        if ending is None:
            return Observation(untestable=unshown.reason, void=unshown.void)
        seen = _broken_so_far(test, arguments) or _refused_at_its_end(test, arguments, ending)
        return seen or _kept_nonetheless(test, arguments, ending, kept) or _ended(ending)


def _refused_at_its_end(
    test: Callable[..., None], arguments: Mapping[str, Any], ending: ScenarioEnd
) -> Observation | None:
    """A violation of a test that wants the very call to succeed whose refusal ended its scenario; None for others."""
    if ending.outcome != "broken" or _is_unrouted(ending.reason):
        return None
    seen = _outcome_so_far(test, arguments)
    return seen if _wants_success(seen, ending) else None


def _wants_success(seen: Observation, ending: ScenarioEnd) -> bool:
    """A violation is that the exchange which ended a scenario is no success."""
    found = seen.violation
    return found is not None and found.exchange == ending.exchange and found.expected.startswith(STATUS)


def _broken_so_far(test: Callable[..., None], arguments: Mapping[str, Any]) -> Observation | None:
    """A violation that a test which reads every outcome finds in the steps that were played; none is no pass."""
    seen = _outcome_so_far(test, arguments) if reads_outcomes(test) else Observation()
    return seen if seen.violation and seen.violation.exchange else None


def _readable(test: Callable[..., None], value: Any) -> Any:
    """An argument of a test, without what its steps do not show."""
    return hide_unshown(value, reads_outcomes(test)) if isinstance(value, Transcript) else value


def _kept_nonetheless(
    test: Callable[..., None], arguments: Mapping[str, Any], ending: ScenarioEnd | None, kept: Mapping[str, str]
) -> Observation | None:
    """What a test comes to whose scenario was declined for want of a capability that others show; None for others."""
    if ending is None or ending.outcome != "declined" or ending.capability not in kept:
        return None
    return _contradicted(test, arguments, ending, kept[ending.capability])


def _contradicted(
    test: Callable[..., None], arguments: Mapping[str, Any], ending: ScenarioEnd, shown: str
) -> Observation:
    """A violation, where the test sees one in the very exchange that declined; else not testable."""
    seen = _outcome_so_far(test, arguments)
    if _wants_success(seen, ending) and not _is_unrouted(ending.reason):
        return seen
    return Observation(untestable=f"{ending.capability} is declined here ({ending.reason}), and kept in {shown}")


def _is_unrouted(reason: str) -> bool:
    return reason.endswith(tuple(f"is answered with {status}" for status in MISSING_ROUTE))


def _outcome_so_far(test: Callable[..., None], arguments: Mapping[str, Any]) -> Observation:
    """What a test comes to that reads every outcome; nothing where it reads what was not played."""
    played = {
        name: as_far_as_played(value) if isinstance(value, Transcript) else value for name, value in arguments.items()
    }
    try:
        return _outcome(test, played)
    except StepUnshown:
        return Observation()


def _outcome(test: Callable[..., None], arguments: Mapping[str, Any]) -> Observation:
    """Call a test, and sort what it raises. Raises StepUnshown where it reads what is not shown."""
    try:
        test(**arguments)
    except StepUnshown:
        raise
    except NotTestable as error:
        return Observation(untestable=str(error))
    except RequirementBroken as broken:
        return Observation(violation=with_others(broken.violation, arguments))
    except AssertionError as error:
        return Observation(violation=explain(error, test, arguments))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        if _reads_replies(_innermost(error.__traceback__), test):
            _raise_if_unfinished(arguments)
            if any(each.ending and each.ending.outcome != "finished" for each in _transcripts(arguments)):
                return Observation()  # of a scenario that did not come to its end, only what was asserted counts
            return _unshown(arguments) or Observation(violation=explain(error, test, arguments))
        return Observation(error=f"{test.__name__}: {error!r}")
    except Exception as error:  # our own mistake, and to be shown as such
        return Observation(error=f"{test.__name__}: {error!r}")
    return Observation()


def _transcripts(arguments: Mapping[str, Any]) -> Iterable[Transcript]:
    return [value for value in arguments.values() if isinstance(value, Transcript)]


def _unplayed(transcript: Transcript) -> Observation | None:
    """What a test comes to, of whose scenario no step was played or which we broke ourselves; None for others."""
    ending = transcript.ending
    if ending is None:
        return Observation(unplayed="not in this transcript")
    is_void = ending.outcome == "error" or (ending.outcome != "finished" and not transcript.exchanges)
    return _ended(ending) if is_void else None


def _ended(ending: ScenarioEnd) -> Observation:
    """What a test comes to that reads what a scenario did not play, for the way in which it ended."""
    match ending.outcome:
        case "declined":
            return Observation(inapplicable=f"no {ending.capability}: {ending.reason}")
        case "skipped":
            return Observation(unplayed=ending.reason)
        case "error":
            return Observation(error=f"scenario {ending.scenario}: {ending.reason}")
    return Observation(untestable=f"scenario {ending.scenario}: {ending.reason}")


def _raise_if_unfinished(arguments: Mapping[str, Any]) -> None:
    """Of a scenario that did not come to its end, a test finds less than it looks for."""
    for transcript in _transcripts(arguments):
        if isinstance(transcript, UnfinishedTranscript):
            raise transcript.why.again()


def any_outcome(test: T) -> T:
    """Mark a test that reads itself what became of each call, such as that one of many got no answer."""
    test.__dict__["any_outcome"] = True
    return test


def reads_outcomes(test: Callable[..., None]) -> bool:
    """The test is marked with `any_outcome`."""
    return bool(getattr(test, "any_outcome", False))


def _unshown(arguments: Mapping[str, Any]) -> Observation | None:
    """Not testable, where a successful create was answered in another form than requested."""
    for exchange in (each for transcript in _transcripts(arguments) for each in transcript.exchanges):
        if not isinstance(exchange, UnshownStep) and (said := _other_form(exchange)):
            return Observation(untestable=f"the reply of {exchange.id} has no response object: it is {said}")
    return None


def _other_form(exchange: Exchange) -> str:
    """Form of the reply where it differs from the requested one (event stream or object); empty where it does not."""
    request, sent = exchange.request, exchange.sent
    if not exchange.is_success or not isinstance(sent, dict) or request is None or exchange.is_socket:
        return ""
    if not _is_create(exchange):
        return ""
    if sent.get("stream") is True:
        return "" if exchange.is_stream else "no event stream, though one was requested"
    if exchange.is_stream:
        return "an unrequested event stream"
    return "" if isinstance(exchange.body, dict) else f"{exchange.content[:40].decode('utf-8', 'replace') or 'empty'}"


def _is_create(exchange: Exchange) -> bool:
    request = exchange.request
    return request is not None and request.method == "POST" and request.path.endswith("/responses")


def _reads_replies(frame: FrameType | None, test: Callable[..., None]) -> bool:
    """The frame is of the test's file or of what several files read: what it stumbles over is in a reply."""
    if frame is None:
        return False
    is_own = frame.f_code.co_filename == test.__code__.co_filename
    return is_own or str(frame.f_globals.get("__name__")).startswith(f"{CONTROLS}.")


def _innermost(trace: TracebackType | None) -> FrameType | None:
    frame = None
    while trace is not None:
        frame, trace = trace.tb_frame, trace.tb_next
    return frame
