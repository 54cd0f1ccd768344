"""`antiphon run` with all requests of all measured clients, which a run for some of them bounds to 25 calls.

python -m tools.clients.all_requests OPTIONS OF RUN
"""

from __future__ import annotations

import sys
from collections.abc import Collection

from antiphon.cli import main
from antiphon.clients.dialogue import Dialogue, dialogues
from antiphon.clients.needs import all_needs
from antiphon.run import selection


def every_dialogue(_: Collection[str], __: int) -> tuple[Dialogue, ...]:
    """Every dialogue, in place of those that tell most."""
    return tuple(dialogues().values())


if __name__ == "__main__":
    setattr(selection, "as_many_as_fit", every_dialogue)  # noqa: B010 -- the bound is no option of a run
    chosen = [word for client in all_needs() for word in ("--client", client)]
    sys.argv[1:] = ["run", *chosen, *sys.argv[1:]]
    main()
