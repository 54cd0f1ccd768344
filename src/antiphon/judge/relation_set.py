"""The relations of a judge, one of each class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from antiphon.judge.registry import Relation, all_relations


class RelationSet:
    """A relation of each class. Adding sets is commutative and associative."""

    def __init__(self, relations: Mapping[str, Relation] | None = None) -> None:
        self._relations = relations or {cls.__name__: cls() for cls in all_relations()}
        self._seers: dict[type, list[Relation]] = {}

    def __iter__(self) -> Iterator[Relation]:
        return iter(self._relations.values())

    def of(self, kind: type) -> list[Relation]:
        """The relations that want to see the subjects of a class."""
        if kind not in self._seers:
            self._seers[kind] = [each for each in self if issubclass(kind, each.subject)]
        return self._seers[kind]

    def add(self, other: RelationSet) -> None:
        """Take over the digests of another set."""
        for name, relation in self._relations.items():
            relation.add(other._relations[name])

    def dump(self) -> dict[str, msgspec.Raw]:
        """The digests of each relation as JSON, by its class."""
        return {name: msgspec.Raw(msgspec.json.encode(each)) for name, each in self._relations.items()}

    @classmethod
    def load(cls, dumped: Mapping[str, msgspec.Raw]) -> RelationSet:
        """The relations of a dump. Raises msgspec.ValidationError and KeyError where it is none."""
        kinds: tuple[Any, ...] = all_relations()
        return cls({each.__name__: msgspec.json.decode(dumped[each.__name__], type=each) for each in kinds})
