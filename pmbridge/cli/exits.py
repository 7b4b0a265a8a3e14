"""What an exit code means, for people and for schedules."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The codes of every command."""

    WELL = 0
    ERROR = 1
    USAGE = 2
    FINDING = 3
    PARTLY = 4
    INTERRUPTED = 130
