"""The defects that were reported of real servers: what they name is there."""

from __future__ import annotations

from antiphon.contract.defects import defects
from antiphon.contract.load import all_requirements
from antiphon.server.faults import catalogue


def test_the_faults_that_do_the_same_exist() -> None:
    assert {name for each in defects().values() for name in each.faults} <= catalogue().keys()


def test_each_defect_stands_once_and_is_reported_somewhere() -> None:
    assert len({each.says for each in defects().values()}) == len(defects()) > 100
    assert all(each.link.startswith("https://") for each in defects().values())


def test_what_requirements_name_are_defects_that_are_known() -> None:
    named = {defect for each in all_requirements().values() for defect in each.defects}

    assert named <= defects().keys()
