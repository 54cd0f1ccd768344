"""Members that a test reads in replies, and those that are not there though another requirement wants them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

from antiphon.contract.model import Contract, Level
from antiphon.judge.engine import Judge
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite.unshown_steps import UnshownStep

NOTHING = ("nothing", "none", "null")
"""How findings say that a member is not there; the order of a stream is told with null for what no event has."""
STRENGTH = {Level.MAY: 0, Level.SHOULD: 1, Level.MUST: 2}


class MemberRead(NamedTuple):
    """A test looked for a member of that name in the reply of an exchange."""

    exchange: Exchange
    name: str
    is_there: bool


class ReadMembers(dict[str, Any]):
    """An object of a reply that notes which of its members are looked for."""

    def __init__(self, value: Mapping[str, Any], exchange: Exchange, reads: list[MemberRead]) -> None:
        super().__init__({name: _reading(each, exchange, reads) for name, each in value.items()})
        self._exchange = exchange
        self._reads = reads

    def _note(self, name: Any) -> None:
        if isinstance(name, str):
            self._reads.append(MemberRead(self._exchange, name, super().__contains__(name)))

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The member; the default where it is not there."""
        self._note(name)
        return super().get(name, default)


def _reading(value: Any, exchange: Exchange, reads: list[MemberRead]) -> Any:
    if isinstance(value, dict):
        return ReadMembers(value, exchange, reads)
    return [_reading(each, exchange, reads) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True, repr=False)
class ReadExchange(Exchange):
    """An exchange that notes which members of its reply are looked for."""

    reads: list[MemberRead] = field(default_factory=list)

    @cached_property
    def body(self) -> Any:
        """The reply as JSON, noting reads."""
        return _reading(super().body, self, self.reads)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The events, noting reads."""
        return [_reading(each, self, self.reads) for each in super().events]


def noting_reads(transcript: Transcript, reads: list[MemberRead]) -> Transcript:
    """The transcript, whose exchanges note what is looked for in their replies."""
    exchanges = tuple(
        each if isinstance(each, UnshownStep) else ReadExchange(**_members_of(each), reads=reads)
        for each in transcript.exchanges
    )
    return replace(transcript, exchanges=exchanges)


def _members_of(exchange: Exchange) -> dict[str, Any]:
    return {each.name: getattr(exchange, each.name) for each in fields(Exchange)}


class MissedMembers:
    """Members that the checks of every exchange miss in replies, as far as a run wants their requirements."""

    def __init__(self, contract: Contract, wants: Callable[[str], bool] = lambda requirement: True) -> None:
        self._contract = contract
        self._wants = wants
        self._known: dict[str, list[tuple[str, Violation]]] = {}

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._contract, self._wants)

    def first_of(self, reads: Iterable[MemberRead], own: Collection[str]) -> str:
        """Why the first of these reads shows nothing; empty where each was answered.

        `own` are the requirements of the test that read: what misses the member is another one, and no weaker.
        """
        known = self._contract.requirements
        least = max((STRENGTH[known[each].level] for each in own if each in known), default=0)
        for read in reads:
            for requirement in () if read.is_there else self._missing(read):
                if requirement not in own and STRENGTH[known[requirement].level] >= least:
                    return f"the reply of {read.exchange.id} has no {read.name}: that breaks {requirement}"
        return ""

    def _missing(self, read: MemberRead) -> Iterator[str]:
        """The requirements that miss a member in the reply of an exchange."""
        exchange = read.exchange
        if exchange.id not in self._known:
            found = self._judge.feed(Exchange(**_members_of(exchange)))
            self._known[exchange.id] = [(name, each) for name, violations in found.items() for each in violations]
        for name, violation in self._known[exchange.id]:
            if _is_absence(violation, read.name):
                yield name


def _is_absence(violation: Violation, member: str) -> bool:
    return violation.got in NOTHING and (
        violation.at.rpartition("/")[2] == member or violation.expected == f"a field {member!r}"
    )
