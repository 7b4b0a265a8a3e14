"""References to things in trackers, and the people who touch them."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: immutable, comparable, with no field that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


#: An aware instant, kept in UTC. A naive one is refused.
Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]


class RefKind(StrEnum):
    """What a reference points at."""

    ITEM = "item"
    VERSION = "version"
    EPIC = "epic"
    SPRINT = "sprint"
    MILESTONE = "milestone"
    ITERATION = "iteration"


class Ref(Frozen):
    """One thing in one tracker.

    ``id`` is the tracker's immutable id; ``key`` is what a person types (``SHOP-12``, ``acme/shop-web#12``) and may
    change; ``project`` is the project as configured, which several trackers need to address the thing.
    """

    source: str
    kind: RefKind
    id: str
    project: str
    key: str
    url: str | None = None

    @property
    def address(self) -> str:
        """The stable form, for ledgers: source, kind and immutable id."""
        return f"{self.source}:{self.kind}:{self.id}"


#: The name of an account that was deleted or made anonymous, whatever its tracker calls it.
FORMER_USER = "former user"


class Person(Frozen):
    """An account in one tracker. ``bot`` is true where the tracker says so.

    One that was deleted or made anonymous is named `FORMER_USER` and has neither user name nor address.
    """

    source: str
    id: str
    name: str
    username: str | None = None
    email: str | None = None
    bot: bool = False

    @property
    def former(self) -> bool:
        """Whether the account was deleted or made anonymous, so that nobody can tell whose it was."""
        return self.name == FORMER_USER
