"""Requirements as the gate sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """How much a launch depends on a requirement (MoSCoW without the won't-haves)."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"


class Status(StrEnum):
    """What the tests of a requirement say of it."""

    OK = "OK"
    NOK = "NOK"
    NOTRUN = "NOTRUN"
    UNKNOWN = "UNKNOWN"
    UNCOVERED = "UNCOVERED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Something the product must do.

    ``text_changed_at`` is the last change of its normative text, ``parent`` the key of the requirement it refines.
    ``characteristic`` is a quality characteristic of ISO 25010, ``components`` what it is made of, in lower case.
    """

    key: str
    title: str = ""
    priority: Priority = Priority.MUST
    characteristic: str | None = None
    owner: str | None = None
    url: str | None = None
    text_changed_at: datetime | None = None
    parent: str | None = None
    components: frozenset[str] = frozenset()
