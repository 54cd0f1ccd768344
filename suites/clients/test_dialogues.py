"""What known clients send, as they send it: their own first requests, tool round trips and second turns.

No test reads these transcripts. What holds for any exchange is judged in them, and what a client was measured to choke
on is looked for in the replies to its own requests.
"""

from antiphon.clients.dialogue import Dialogue, dialogues
from antiphon.suite import Api, scenario
from antiphon.suite.client_dialogues import play


def needs(dialogue: Dialogue) -> frozenset[str]:
    return dialogue.needs


@scenario(each=dialogues().values(), needs=needs)
async def client_dialogue(api: Api, dialogue: Dialogue) -> None:
    """The requests of a known client, with the ids that this server gave."""
    await play(api, dialogue)
