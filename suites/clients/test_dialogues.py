"""What known clients send, as they send it: their own first requests, tool round trips and second turns.

What holds for any exchange is judged in them, and what a client was measured to choke on is looked for in the replies
to its own requests. Of tests one reads them: whether what a client knows to be wrong is refused.
"""

from antiphon.clients.dialogue import Dialogue, dialogues
from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.client_dialogues import play
from antiphon.suite.controls import token_counts

weighed = token_counts.weighed
HIGHEST = 2
"""Temperature."""


def needs(dialogue: Dialogue) -> frozenset[str]:
    return dialogue.needs


@scenario(each=dialogues().values(), needs=needs)
async def client_dialogue(api: Api, dialogue: Dialogue) -> None:
    """The requests of a known client, with the ids that this server gave."""
    await play(api, dialogue)


@requirement("errors.trigger.temperature-above")
def test_what_a_client_sends_in_error_is_refused(client_dialogue: Transcript, weighed: Transcript) -> None:
    """A request with a temperature above 2 is refused, as clients send it."""
    values = [each.sent.get("temperature") for each in client_dialogue if isinstance(each.sent, dict)]
    assume(values and isinstance(values[0], int) and values[0] > HIGHEST, "its temperature is legal")
    assume(weighed[0].is_success, "a create without a temperature is not taken either")

    assert client_dialogue[0].is_client_error
