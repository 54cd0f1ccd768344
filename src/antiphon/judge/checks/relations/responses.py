"""Relations between views of one response: create, reads, cancels, deletes and streams; and between creates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from antiphon.judge.checks.relations.digests import COMPARED_FIELDS, View, comparable, split_digests, view_of
from antiphon.judge.checks.relations.key_owners import KeyOwners
from antiphon.judge.checks.relations.mergers import bound_together
from antiphon.judge.registry import Violation, relation
from antiphon.judge.subjects.responses import TERMINAL, ResponseObject

RelationVerdicts = Iterator[tuple[str, list[Violation]]]


@relation
@dataclass
class ResponseViews:
    """All views of one response agree.

    A finished response reads as it was when it was created, and two reads of it are equal; its metadata are compared
    with the request, by a relation of their own. The status of a response never goes back, and a final one stays.
    """

    subject: ClassVar[type] = ResponseObject
    requirements: ClassVar[tuple[str, ...]] = (
        "store.get-equals-create",
        "background.poll-equals",
        "background.status-forward",
        "background.end-is-final",
        "cancel.stays-cancelled",
    )

    single: dict[str, View] = field(default_factory=dict)
    """By id. Most responses have one view, and a list for each would take as much memory as all the rest."""
    several: dict[str, list[View]] = field(default_factory=dict)
    """All views of the responses that have more than one."""

    def see(self, response: ResponseObject) -> None:
        if comparable(response):
            self._keep(response.body["id"], [view_of(response)])

    def add(self, other: ResponseViews) -> None:
        for id, view in other.single.items():
            self._keep(id, [view])
        for id, views in other.several.items():
            self._keep(id, views)

    def _keep(self, id: str, views: list[View]) -> None:
        known = self.several.get(id)
        if known is not None:
            known += views
        elif (only := self.single.pop(id, None)) is not None:
            self.several[id] = [only, *views]
        elif len(views) == 1:
            self.single[id] = views[0]
        else:
            self.several[id] = list(views)
        bound_together(self.single, self.several)

    def close(self) -> RelationVerdicts:
        bound_together(self.single, self.several, exactly=True)
        for id in sorted(self.several):
            views = sorted(set(self.several[id]))
            yield from self._same_everywhere([view for view in views if view.digests])
            if len(views) > 1:
                yield from self._status_forward(views)

    def _same_everywhere(self, views: list[View]) -> RelationVerdicts:
        if len(views) < 2:
            return
        made = [view for view in views if view.operation == "create"]
        read = [view for view in views if view.operation == "retrieve"]
        if made and read:
            differing = [(view, pointer) for view in read for pointer in _differing(made[0], view)]
            others = [pair for pair in differing if pair[1] != "/metadata"]
            yield self.requirements[0], _difference_text(others, made[0])
        elif len(read) > 1:
            pairs = [(view, pointer) for view in read[1:] for pointer in _differing(read[0], view)]
            yield self.requirements[1], _difference_text(pairs, read[0])

    def _status_forward(self, views: list[View]) -> RelationVerdicts:
        found: dict[str, list[Violation]] = {}
        for earlier, later in _steps(views):
            places = found.setdefault(_requirement(earlier.status), [])
            if _goes_back(earlier.status, later.status):
                expected = f"{earlier.status}, as in {earlier.exchange}, or what may follow it"
                places.append(Violation("/status", expected, later.status, exchange=later.exchange))
        yield from sorted(found.items())


def _differing(one: View, other: View) -> list[str]:
    """The places in which two views of a finished response differ."""
    if one.status != other.status:
        return ["/status"]
    fields, items = split_digests(one.digests)
    other_fields, other_items = split_digests(other.digests)
    if len(items) == len(other_items):
        pairs = enumerate(zip(items, other_items, strict=True))
        found = [f"/output/{place}" for place, (item, other_item) in pairs if item != other_item]
    else:
        found = ["/output"]
    named = zip(COMPARED_FIELDS, fields, other_fields, strict=True)
    return found + [f"/{name}" for name, field, other_field in named if field != other_field]


def _difference_text(pairs: Iterable[tuple[View, str]], first: View) -> list[Violation]:
    return [
        Violation(pointer, f"as in {first.exchange}", "another value", exchange=view.exchange)
        for view, pointer in pairs
    ]


ORDER = {"queued": 0, "in_progress": 1}


def _requirement(status: str) -> str:
    """The requirement that says what may follow a status."""
    if status == "cancelled":
        return "cancel.stays-cancelled"
    return "background.end-is-final" if status in TERMINAL else "background.status-forward"


def _goes_back(earlier: str, later: str) -> bool:
    return later != earlier and (earlier in TERMINAL or ORDER.get(later, 2) < ORDER.get(earlier, 2))


def _steps(views: list[View]) -> Iterator[tuple[View, View]]:
    """Each view with the last one that had ended before its request: overlapping views have no order."""
    ends = [view.at for view in views]
    for later in views:
        before = bisect_right(ends, later.requested) - 1
        if before >= 0 and views[before].at < later.at:
            yield views[before], later


@relation
@dataclass
class CreateIds:
    """Every create gets an id of its own.

    The same bytes in a foreign recording are a copy of a reply, not a second create.
    """

    requirements: ClassVar[tuple[str, ...]] = ("create.id-unique",)
    subject: ClassVar[type] = ResponseObject

    owners: KeyOwners = field(default_factory=KeyOwners)

    def see(self, response: ResponseObject) -> None:
        if comparable(response) and response.operation == "create":
            self.owners.see(response.body["id"], response.exchange)

    def add(self, other: CreateIds) -> None:
        self.owners.add(other.owners)

    def close(self) -> RelationVerdicts:
        if len(self.owners) < 2:
            return
        yield (
            self.requirements[0],
            [
                Violation("/id", f"another id than in {first}", name, exchange=other)
                for name, (first, *others) in self.owners.shared()
                for other in others
            ],
        )
