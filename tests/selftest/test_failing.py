"""Every test of the suites fails under some fault: one that it alone can tell, or one under which it was seen to."""

from tests.selftest.failing import NEW, certain, listed, suite

from antiphon.server.faults import catalogue


def test_every_test_can_fail() -> None:
    failing, never = listed()
    unshown = suite().keys() - certain() - failing.keys() - never.keys()

    assert sorted(unshown) == [], "run `antiphon selftest --json > FILE; python tests/selftest/failing.py FILE`"


def test_what_is_recorded_is_there_and_fits_its_fault() -> None:
    failing, never = listed()
    known = suite()

    assert sorted((failing.keys() | never.keys()) - known.keys()) == []
    assert failing.keys().isdisjoint(never)
    for test, name in failing.items():
        assert name in catalogue(), test
        broken = catalogue()[name].breaks | catalogue()[name].implies
        assert broken & set(known[test]), f"{test} judges nothing that {name} breaks"


def test_each_that_never_fails_has_a_reason() -> None:
    _, never = listed()

    assert [test for test, reason in never.items() if reason == NEW or not reason] == []
