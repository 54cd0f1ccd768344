"""Everything that binds is judged by something, what judges is known, and a fault proves that it can fail."""

from __future__ import annotations

import pytest
from tests.contract.unproven import binding, listed, without_fault

from antiphon.contract.load import all_requirements, contract, edition_ids
from antiphon.contract.streams import tables
from antiphon.explain.judges import checks, marks_of, naming_tests, suite_tests
from antiphon.explain.requirement import levels
from antiphon.server.faults import catalogue


def test_every_binding_requirement_is_judged() -> None:
    judged = checks().keys() | suite_tests().keys()

    assert sorted(binding().keys() - judged) == []


def test_what_is_judged_on_the_wire_has_a_check_and_what_a_suite_judges_has_a_test() -> None:
    lost = []
    for each in all_requirements().values():
        if each.id in binding():
            if each.judged in ("wire", "both") and each.id not in checks():
                lost.append(f"{each.id}: no check, though it is judged on the {each.judged}")
            if each.judged in ("suite", "both") and each.id not in suite_tests():
                lost.append(f"{each.id}: no suite test, though it is judged by {each.judged}")

    assert lost == []


@pytest.mark.parametrize("found", [checks, suite_tests], ids=["checks", "suite tests"])
def test_what_is_judged_is_a_requirement(found: object) -> None:
    assert callable(found)
    assert sorted(set(found()) - all_requirements().keys()) == []


def test_nothing_excluded_is_judged() -> None:
    judged = checks().keys() | suite_tests().keys()

    assert [each.id for each in all_requirements().values() if each.excluded and each.id in judged] == []


def test_a_fault_speaks_of_requirements_and_editions() -> None:
    known = all_requirements().keys()
    lost = [
        f"{fault.name}: {name}"
        for fault in catalogue().values()
        for name in sorted(fault.breaks | fault.implies)
        if name not in known
    ]

    assert lost == []
    assert [fault.name for fault in catalogue().values() if not fault.breaks] == []
    assert set().union(*(fault.needs for fault in catalogue().values())) <= set(edition_ids())


def test_every_binding_requirement_has_a_fault_or_a_reason() -> None:
    """Those without are listed with a reason; `python tests/contract/unproven.py` brings the list up to date."""
    assert sorted(without_fault() - listed().keys()) == []


def test_the_list_of_what_is_not_proven_is_short_of_nothing_else() -> None:
    assert sorted(listed().keys() - without_fault()) == []
    assert [name for name, reason in listed().items() if len(reason) < 10] == []


def test_the_tables_of_streams_name_requirements() -> None:
    table = tables()
    named = {row.done.requirement for row in table.sums}
    named |= {
        name for row in table.items.values() if row.machine for name in (row.machine.order, row.machine.unfinished)
    }
    named |= {name for row in table.blocks.values() for name in (*row.blame.values(), *row.overlap.values())}

    assert named - all_requirements().keys() == set()


def test_levels_are_those_of_the_contract() -> None:
    for name in edition_ids():
        counted = contract(name).requirements
        for each in all_requirements().values():
            found = counted.get(each.id)
            assert levels(each)[name] == (found.level.value if found else "not counted")


@pytest.mark.parametrize("name", sorted(suite_tests())[::20])
def test_the_tests_of_one_requirement_are_found_as_among_all(name: str) -> None:
    assert naming_tests(name) == suite_tests()[name]


def test_marks_of_suite_files_are_found_without_running_them() -> None:
    source = """
CASES = [Case("limits.tool-name-64"), Case("no.requirement")]

@scenario(each=[each for each in triggers() if each.id == "unknown-field"])
async def refused(api, trigger): ...

@requirement("{case.requirement}", "{case.detail}")
def test_refused(refused): ...

@scenario(each=CASES)
async def sent(api, case): ...

@requirement("{case.requirement}")
def test_taken(sent): ...

@requirement("chain.grows", "chain.fork-separate")
def test_chain(chain): ...

@requirement("stream.order.{case.slug}")
def test_order(ordered, slug="function-call"): ...
"""
    assert set(marks_of(source)) == {
        ("test_refused", "errors.trigger.unknown-field"),
        ("test_refused", "errors.trigger.unknown-field.detail"),
        ("test_taken", "limits.tool-name-64"),
        ("test_chain", "chain.grows"),
        ("test_chain", "chain.fork-separate"),
        ("test_order", "stream.order.function-call"),
    }
