"""Walks through what can be done with responses and conversations, held to a model of what a server keeps."""

from antiphon.contract.model import Contract
from antiphon.generated.deviations import worst
from antiphon.generated.walk import MACHINES, walk
from antiphon.suite import Api, Transcript, any_outcome, assume, none_of, requirement, scenario


@scenario(needs={"store"}, each=range(1, MACHINES + 1))
async def walked(api: Api, number: int) -> None:
    """Responses and conversations are created, continued, listed, cancelled and deleted in a random order."""
    await walk(api, number)


@any_outcome
@requirement("properties.existence")
def test_what_is_kept_is_there_and_nothing_else(walked: Transcript, contract: Contract) -> None:
    """What was made and not deleted can be used, and what was deleted cannot, whatever came before."""
    assume(len(walked), "nothing could be made")

    none_of(worst(walked, contract.edition, "properties.existence"))


@any_outcome
@requirement("properties.order")
def test_lists_hold_what_was_put_there(walked: Transcript, contract: Contract) -> None:
    """A list holds what was put there and not taken out, in that order, whatever came before."""
    assume(len(walked), "nothing could be made")

    none_of(worst(walked, contract.edition, "properties.order"))


@any_outcome
@requirement("properties.status")
def test_no_status_goes_back(walked: Transcript, contract: Contract) -> None:
    """The status of a response goes forward only, whatever came before."""
    assume(len(walked), "nothing could be made")

    none_of(worst(walked, contract.edition, "properties.status"))


@any_outcome
@requirement("properties.same-in-modes")
def test_every_mode_does_what_a_plain_create_does(walked: Transcript, contract: Contract) -> None:
    """What is taken plain is taken in other modes, reads the same input, shows the same settings and obeys them."""
    other = [each for each in walked if each.is_socket or (isinstance(each.sent, dict) and each.sent.get("stream"))]
    assume(other, "no create was sent in another mode")

    none_of(worst(walked, contract.edition, "properties.same-in-modes"))
