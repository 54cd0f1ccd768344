"""The causes of a result: what is shown of each, and where it can be repeated."""

from __future__ import annotations

import pytest

from antiphon.report.causes import causes_of
from antiphon.report.result_model import Result

LONG = "curl " + "x" * 300
IN_FILE = "curl -i --data-binary @body  # body: the 9000 bytes of the request of exchange a/1 in the transcript"
SHORT = "curl -i URL"


@pytest.mark.parametrize(
    ("commands", "shown"),
    [((LONG, IN_FILE, SHORT), SHORT), ((IN_FILE, LONG), LONG), (("", IN_FILE), IN_FILE), (("", ""), "")],
)
def test_a_cause_is_shown_where_a_command_repeats_it_by_itself(
    gateway: Result, commands: tuple[str, ...], shown: str
) -> None:
    del gateway["causes"]
    numbers = next(each for each in gateway["requirements"] if each["id"] == "stream.sequence.contiguous")
    numbers["violations"] = [numbers["violations"][0] | {"curl": command} for command in commands]
    cause = next(each for each in causes_of(gateway) if each["id"] == "stream-numbering")

    assert cause["first"]["curl"] == shown
