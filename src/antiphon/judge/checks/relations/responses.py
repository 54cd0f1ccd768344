"""Relations between views of one response: create, reads, cancels, deletes and streams."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from antiphon.judge.checks.relations.digests import COMPARED_FIELDS, View, comparable, split_digests, view_of
from antiphon.judge.registry import Violation, relation
from antiphon.judge.subjects.responses import TERMINAL, ResponseObject

RelationVerdicts = Iterator[tuple[str, list[Violation]]]


class _Views:
    """Digests of responses by id, in no order."""

    subject: ClassVar[type] = ResponseObject

    def __init__(self) -> None:
        self._views: dict[str, View | list[View]] = {}
        """Most responses have one view, and a list for each would take as much memory as all the rest."""

    def see(self, response: ResponseObject) -> None:
        if not comparable(response):
            return
        name, view = response.body["id"], view_of(response)
        known = self._views.setdefault(name, view)
        if isinstance(known, list):
            known.append(view)
        elif known is not view:
            self._views[name] = [known, view]

    def groups(self, includes: Callable[[View], bool] = lambda view: True) -> Iterator[tuple[str, list[View]]]:
        """The views of each response that has several, oldest first."""
        several = {name: views for name, views in self._views.items() if isinstance(views, list)}
        for name in sorted(several):
            views = sorted({view for view in several[name] if includes(view)})
            if len(views) > 1:
                yield name, views


@relation
class SameEverywhere(_Views):
    """A finished response reads as it was when it was created; two reads of it are equal.

    Its metadata are compared with the request, by a relation of their own.
    """

    requirements: ClassVar[tuple[str, ...]] = (
        "store.get-equals-create",
        "background.poll-equals",
    )

    def close(self) -> RelationVerdicts:
        for _, views in self.groups(lambda view: bool(view.digests)):
            made = [view for view in views if view.operation == "create"]
            read = [view for view in views if view.operation == "retrieve"]
            if made and read:
                differing = [(view, pointer) for view in read for pointer in _differing(made[0], view)]
                others = [pair for pair in differing if pair[1] != "/metadata"]
                yield self.requirements[0], _difference_text(others, made[0])
            elif len(read) > 1:
                pairs = [(view, pointer) for view in read[1:] for pointer in _differing(read[0], view)]
                yield self.requirements[1], _difference_text(pairs, read[0])


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


@relation
class StatusForward(_Views):
    """The status of a response never goes back, and a final one stays."""

    requirements: ClassVar[tuple[str, ...]] = (
        "background.status-forward",
        "background.end-is-final",
        "cancel.stays-cancelled",
    )

    def close(self) -> RelationVerdicts:
        for _, views in self.groups():
            found: dict[str, list[Violation]] = {}
            for earlier, later in _steps(views):
                requirement = self._requirement(earlier.status)
                places = found.setdefault(requirement, [])
                if _goes_back(earlier.status, later.status):
                    expected = f"{earlier.status}, as in {earlier.exchange}, or what may follow it"
                    places.append(Violation("/status", expected, later.status, exchange=later.exchange))
            yield from sorted(found.items())

    def _requirement(self, status: str) -> str:
        if status == "cancelled":
            return self.requirements[2]
        return self.requirements[1 if status in TERMINAL else 0]


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
class CreateIds:
    """Every create gets an id of its own.

    The same bytes in a foreign recording are a copy of a reply, not a second create.
    """

    requirements: ClassVar[tuple[str, ...]] = ("create.id-unique",)
    subject: ClassVar[type] = ResponseObject

    def __init__(self) -> None:
        self._single: dict[str, tuple[int, str]] = {}
        """By id of a response: what tells its create from another, and the first exchange that shows it."""
        self._several: dict[str, dict[int, str]] = {}
        """The same for the ids of several creates. Nearly all have one, for which a dictionary each is too much."""

    def see(self, response: ResponseObject) -> None:
        if not comparable(response) or response.operation != "create":
            return
        name, exchange = response.body["id"], response.exchange
        create = hash(exchange.id if exchange.scenario is not None else exchange.content)
        known, first = self._single.setdefault(name, (create, exchange.id))
        if known == create:
            self._single[name] = create, min(first, exchange.id)
        else:
            others = self._several.setdefault(name, {})
            others[create] = min(others.get(create, exchange.id), exchange.id)

    def close(self) -> RelationVerdicts:
        if len(self._single) + len(self._several) < 2:
            return
        shared = {name: sorted([self._single[name][1], *others.values()]) for name, others in self._several.items()}
        yield (
            self.requirements[0],
            [
                Violation("/id", f"another id than in {first}", name, exchange=other)
                for name, (first, *others) in sorted(shared.items())
                for other in others
            ],
        )
