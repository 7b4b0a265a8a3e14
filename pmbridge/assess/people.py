"""Who is who: one name for a person's accounts in all trackers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pmbridge.config.product import ProductSettings
from pmbridge.history.phases import Life
from pmbridge.model import History, Person

Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Identities:
    """The canonical name of each account, the accounts of bots, and the team of each canonical name."""

    name_of: Mapping[Account, str]
    bots: frozenset[str]
    team_of: Mapping[str, str]

    def assignees(self, life: Life) -> frozenset[str]:
        """Return who works on something, over all its faces."""
        return frozenset(
            self.name_of.get((face.item.source, account), account)
            for face in life.canonical.faces
            for account in face.item.assignees
        )

    def person(self, source: str, account: str | None) -> str | None:
        """Return the canonical name of an account."""
        return None if account is None else self.name_of.get((source, account), account)


def identities(history: History, settings: ProductSettings) -> Identities:
    """Unite accounts with the same address, else the same user name; the settings name people by user name."""
    team_of = {person: name for name, team in settings.teams.items() for person in team.people}
    named = {(p.source, p.id): _canonical(p, team_of) for p in history.people}
    by_mail: dict[str, str] = {}
    for person in sorted(history.people, key=lambda p: (named[p.source, p.id] not in team_of, p.source, p.id)):
        if person.email:
            by_mail.setdefault(person.email.casefold(), named[person.source, person.id])
    united = {
        (p.source, p.id): by_mail[p.email.casefold()] if p.email else named[p.source, p.id] for p in history.people
    }
    return Identities(united, frozenset(p.id for p in history.people if p.bot), team_of)


def _canonical(person: Person, known: Mapping[str, str]) -> str:
    """Prefer a name that the settings use, then the user name, then the address before the @, then the shown name."""
    candidates = [name for name in (person.username, _local(person.email), person.name, person.id) if name]
    return next((name for name in candidates if name in known), candidates[0])


def _local(email: str | None) -> str | None:
    return email.partition("@")[0] if email else None


def holders(lives: Iterable[Life], who: Identities) -> dict[str, float]:
    """Return how many pieces of work each person holds; several share one."""
    found: dict[str, float] = {}
    for life in lives:
        people = who.assignees(life)
        for person in people:
            found[person] = found.get(person, 0.0) + 1 / len(people)
    return found
