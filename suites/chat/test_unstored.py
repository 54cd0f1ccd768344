"""Ids of completions that are not stored are unknown: what is asked of them is refused."""

from antiphon.contract.model import Contract
from antiphon.contract.triggers import ABSENT, triggers
from antiphon.suite import Exchange, Transcript, assume, is_taken, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.completion_views import (
    calls_at,
    calls_of,
    completion_id,
    first_read,
    stored_pair,
    unstored_pair,
    updates_of,
)
from antiphon.suite.unknown_ids import alter

completion_kept = kept_completions.completion_kept
TRIGGERS = {each.id: each for each in triggers()}


def sought(transcript: Transcript) -> Exchange:
    """The read of the completion that was not stored by default. Not testable where no other can be read."""
    left_out = unstored_pair(transcript)[0]
    assume(is_taken(left_out), "the completion was refused")
    assume(first_read(transcript, stored_pair(transcript)[1]).is_success, "no stored completion can be read either")
    return first_read(transcript, left_out)


@requirement("chat.stored.default-off")
def test_nothing_is_stored_unasked(completion_kept: Transcript) -> None:
    """A completion is not stored when store is left out."""
    found = sought(completion_kept)

    assert found.is_client_error


@requirement("errors.trigger.unknown-completion-get.detail")
def test_a_refused_read_says_why(completion_kept: Transcript, contract: Contract) -> None:
    """The refusal has the status, type, param and code of the service."""
    refusal = sought(completion_kept)
    assume(refusal.is_client_error, "it was not refused")
    error = refusal.body.get("error")
    assume(isinstance(error, dict), "the refusal has no error object")
    came = {"status": refusal.status, **{key: error.get(key, ABSENT) for key in ("type", "param", "code")}}
    left_out = () if contract.edition.data["error_types_compared"] else ("type",)
    expected = TRIGGERS["unknown-completion-get"].expected
    expected = {key: value for key, value in expected.items() if key not in left_out}

    assert {key: came[key] for key in expected} == expected


def wished(transcript: Transcript) -> tuple[Exchange, bool]:
    """The change of the completion that was not to be stored, and whether that can be read after it."""
    by_wish = unstored_pair(transcript)[1]
    assume(is_taken(by_wish), "the completion was refused")
    assume(updates_of(transcript, stored_pair(transcript)[0])[-1].is_success, "no stored completion is changed either")
    return updates_of(transcript, by_wish)[-1], any(each.is_success for each in calls_of(transcript, "GET", by_wish))


@requirement("errors.trigger.unstored-completion")
def test_nothing_is_stored_against_a_wish(completion_kept: Transcript) -> None:
    """A completion is not stored where store is false: it can neither be changed nor read."""
    changed, is_read = wished(completion_kept)

    assert not (changed.is_success and is_read)


@requirement("errors.trigger.unknown-completion-update")
def test_an_unknown_completion_is_not_changed(completion_kept: Transcript) -> None:
    """Changing a completion that is unknown is refused."""
    changed, is_read = wished(completion_kept)
    assume(not is_read, "it is stored")

    assert TRIGGERS["unknown-completion-update"].accepts(changed.status)


@requirement("errors.trigger.unknown-completion-delete")
def test_an_unknown_completion_is_not_deleted(completion_kept: Transcript) -> None:
    """Deleting a completion that is unknown is refused; one that was deleted may be confirmed to be."""
    second = stored_pair(completion_kept)[1]
    deletions = calls_of(completion_kept, "DELETE", second)
    assume(len(deletions) == 2 and deletions[0].is_success, "no stored completion is deleted either")
    unknown = calls_at(completion_kept, "DELETE", f"/{alter(completion_id(second))}") or deletions[1:]
    assume(unknown != deletions[1:] or not unknown[0].is_success, "it was not deleted")

    assert TRIGGERS["unknown-completion-delete"].accepts(unknown[0].status)
