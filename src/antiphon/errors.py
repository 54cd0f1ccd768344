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
