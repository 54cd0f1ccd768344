"""Errors that a user can mend, with the exit code that the command ends with."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line."""

    HOLDS = 0
    BROKEN = 1
    USAGE = 2
    UNREACHABLE = 3
    OURS = 4
    STALE = 5


class AntiphonError(Exception):
    """One sentence with the place and the likely cure."""

    exit = Exit.USAGE


def describe_lookup(error: BaseException) -> str:
    """What a value lacks whose lookup failed, in words: no name of a Python error."""
    match error:
        case KeyError(args=(str(name), *_)):
            return f"there is no {name}"
        case LookupError():
            return "something that is read is missing"
        case TypeError() | AttributeError():
            return "a value is of another type than the one that is read"
        case ValueError():
            return "a value or the number of values is another than the one that is read"
    return "the reply has another form than the one that is read"


class SpecError(AntiphonError):
    """A file of the contract is not as it must be."""

    exit = Exit.OURS


class RecordingError(AntiphonError):
    """A file with exchanges cannot be read."""


class ConfigError(AntiphonError):
    """A configuration file or an option is wrong."""


class Unreachable(AntiphonError):
    """The target does not answer at all."""

    exit = Exit.UNREACHABLE
