"""What the people of a product have to do for other products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pmbridge.assess.accounts import Account, key
from pmbridge.assess.openness import Dues, is_open, seconds_left
from pmbridge.assess.people import Identities, identities
from pmbridge.assess.reading import read
from pmbridge.config.product import ProductSettings
from pmbridge.metrics.load import Assigned
from pmbridge.model import History, Person


@dataclass(frozen=True, slots=True)
class Commitment:
    """One open piece of work of another product: its title, whose work it is, what is left and until when.

    ``assignees`` are accounts, several share the work; ``seconds`` is ``None`` without an estimate. Neither key nor
    title of the work is known here, so that neither can be told.
    """

    product: str
    assignees: tuple[Account, ...]
    seconds: int | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The commitments to other products, and the accounts by which one finds out whose they are.

    They are not ``settled`` where something was read that happened after their instant: then time alone changes them.
    """

    people: tuple[Person, ...] = ()
    work: tuple[Commitment, ...] = ()
    settled: bool = True


#: What stands where no other product is known.
NOWHERE = Elsewhere()


def commitments(history: History, settings: ProductSettings, as_of: datetime) -> tuple[Commitment, ...]:
    """Read what was open and assigned in another product, as that product reads it: its statuses, levels, mirrors.

    ``history`` may hold no more than the work in question. The same work in two trackers is one commitment.
    """
    if not history.items:
        return ()
    reading = read(history, settings, as_of)
    dues = Dues(reading)
    return tuple(
        Commitment(settings.title, held, seconds_left(life), dues.of(life))
        for life in reading.lives
        if is_open(life, reading)
        and (held := tuple((f.item.source, account) for f in life.canonical.faces for account in f.item.assignees))
    )


def concerned(people: Iterable[Person], settings: ProductSettings) -> tuple[Person, ...]:
    """Choose the accounts that can be those of a product's teams: by their words, by `people`, by their addresses."""
    everybody = tuple(people)
    words = {word.casefold() for team in settings.teams.values() for word in team.people}
    for name, sources in settings.people.items():
        words |= {name.casefold(), *(word.casefold() for accounts in sources.values() for word in accounts)}
    meant = {key(one) for one in everybody if not words.isdisjoint(_words(one))}
    addresses = {one.email.strip().casefold() for one in everybody if one.email and key(one) in meant}
    return tuple(one for one in everybody if key(one) in meant or (one.email or "").strip().casefold() in addresses)


def teammates(people: tuple[Person, ...], settings: ProductSettings) -> frozenset[Account]:
    """Return the accounts of the people of a product's teams, in whatever source."""
    wide, words = _team(people, settings)
    return frozenset(one for one in map(key, people) if _works(one, wide) and wide.name_of[one] in words)


def assigned_elsewhere(elsewhere: Elsewhere, settings: ProductSettings, who: Identities) -> Iterator[Assigned]:
    """Yield the hours of commitments, shared among their people, by the names that ``who`` has for a team's people.

    ``settings`` are as they were written. What has no estimate has no hours.
    """
    if not elsewhere.work:
        return
    wide, words = _team(elsewhere.people, settings)
    for one in elsewhere.work:
        holders = {wide.name_of.get(account, account[1]) for account in one.assignees if _works(account, wide)}
        for name in sorted(holders & words.keys()):
            yield Assigned(who.called(words[name]), (one.seconds or 0) / 3600 / len(holders), one.due, one.product)


def told(elsewhere: Elsewhere) -> Iterator[str]:
    """Write down all that a load can depend on, in an order of its own; nothing where there is no work."""
    if elsewhere.work:
        yield from sorted(f"{p.source}|{p.id}|{p.name}|{p.username}|{p.email}|{p.bot}" for p in elsewhere.people)
        yield from sorted(f"{w.product}|{sorted(w.assignees)}|{w.seconds}|{w.due}" for w in elsewhere.work)


def _team(people: tuple[Person, ...], settings: ProductSettings) -> tuple[Identities, dict[str, str]]:
    """Say who is who over all sources, and which of them a team's words mean.

    A word means whom it means in the product's own sources; accounts elsewhere belong to that person by their address
    or by `people`. Whom a word means only elsewhere, such a proof has to say as well: a name that somebody bears in a
    tracker which the product does not use is none.
    """
    here = identities(History(people=tuple(one for one in people if one.source in settings.projects)), settings)
    wide = identities(History(people=people), settings)
    known = {name.casefold() for name in settings.people}
    words: dict[str, str] = {}
    for word in (word for team in settings.teams.values() for word in team.people):
        meant = here.called(word)
        own = sorted(account for account, name in here.name_of.items() if name == meant and _works(account, here))
        if own:
            words |= {wide.name_of[account]: word for account in own}
        elif word.casefold() in known or "@" in word:
            words[wide.called(word)] = word
    return wide, words


def _words(person: Person) -> set[str]:
    address = person.email or ""
    words = (person.id, person.username, person.name, address.strip(), address.partition("@")[0])
    return {word.casefold() for word in words if word}


def _works(account: Account, who: Identities) -> bool:
    return account not in who.bots and account not in who.former
