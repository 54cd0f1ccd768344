"""The intent of a request: what its sender may expect of any server of the contract."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What a request is for."""

    LEGAL = "legal"
    """Any server of the contract takes it; a refusal is a finding."""
    OPTIONAL = "optional"
    """It rests on capabilities that a server may decline cleanly."""
    MUST_REFUSE = "must-refuse"
    """It holds an invalid value over a request that is legal without it."""
    PROBE = "probe"
    """Either answer is fine; something is learnt from it."""


class Intent(NamedTuple):
    """A purpose and what it is about: the capabilities of an optional request, the trigger of an invalid one."""

    purpose: Purpose
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As it is written in a transcript: `legal`, `optional:background,store`, `must-refuse:temperature-above`."""
        return f"{self.purpose}:{','.join(self.about)}" if self.about else str(self.purpose)

    @property
    def expects_success(self) -> bool:
        """A reply of a right server that has what the request rests on is a success."""
        return self.purpose in (Purpose.LEGAL, Purpose.OPTIONAL)


LEGAL = Intent(Purpose.LEGAL)
PROBE = Intent(Purpose.PROBE)


def optional(*capabilities: str) -> Intent:
    """The intent of a request that rests on capabilities; legal where there are none."""
    return Intent(Purpose.OPTIONAL, tuple(sorted(capabilities))) if capabilities else LEGAL


def must_refuse(trigger: str) -> Intent:
    """The intent of a request that is to be refused, named by the trigger or by what is wrong with it."""
    return Intent(Purpose.MUST_REFUSE, (trigger,))


def parse_intent(text: str) -> Intent | None:
    """The intent that a transcript names; None where it names none, or one that is not known."""
    purpose, _, about = text.partition(":")
    if purpose not in tuple(Purpose):
        return None
    return Intent(Purpose(purpose), tuple(about.split(",")) if about else ())
