"""Who is who: one name for a person's accounts in all trackers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pmbridge.assess.accounts import Account, Doubt, Someone, called, key, unite
from pmbridge.assess.naming import names
from pmbridge.config.product import ProductSettings, TeamSettings
from pmbridge.history.phases import Life
from pmbridge.model import History, Person

#: How many pairs of people a finding names.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Identities:
    """The one name of each account's person, the accounts that are nobody, and the team of each name.

    ``bots`` act without a person, ``former`` users are gone: neither holds work. ``shown`` is how an account's person
    is called in a report, ``meant`` whom a word stands for, by the word in lower case. ``doubts`` are what was not
    united.
    """

    name_of: Mapping[Account, str]
    shown: Mapping[Account, str]
    bots: frozenset[Account]
    former: frozenset[Account]
    team_of: Mapping[str, str]
    meant: Mapping[str, str]
    doubts: tuple[Doubt, ...] = ()

    def assignees(self, life: Life) -> frozenset[str]:
        """Return who works on something, over all its faces; bots and former users do not."""
        return frozenset(
            self.name_of.get(account, account[1])
            for face in life.canonical.faces
            for account in ((face.item.source, id_) for id_ in face.item.assignees)
            if account not in self.bots and account not in self.former
        )

    def person(self, source: str, account: str | None) -> str | None:
        """Return the one name of an account's person."""
        return None if account is None else self.name_of.get((source, account), account)

    def called(self, word: str) -> str:
        """Return the one name of whom a word means, in settings or decisions; the word itself if that is nobody."""
        return self.meant.get(word.casefold(), word)

    def settled(self, settings: ProductSettings) -> ProductSettings:
        """Return settings that speak of people by their one name, whatever they were called there."""
        budget = settings.budget
        if budget is not None:
            rates = {name if name in settings.teams else self.called(name): rate for name, rate in budget.rates.items()}
            budget = budget.model_copy(update={"rates": rates})
        teams = {name: self._team(team) for name, team in settings.teams.items()}
        return settings.model_copy(update={"teams": teams, "budget": budget})

    def _team(self, team: TeamSettings) -> TeamSettings:
        absences: dict[str, tuple[object, ...]] = {}
        for person, spans in team.absences.items():
            absences[self.called(person)] = (*absences.get(self.called(person), ()), *spans)
        people = tuple(dict.fromkeys(map(self.called, team.people)))
        return team.model_copy(update={"people": people, "absences": absences})


def identities(history: History, settings: ProductSettings, others: Iterable[Account] = ()) -> Identities:
    """Find out who is who from the addresses that trackers show and from what the settings say (see `unite`).

    ``others`` are accounts that the history's people may lack, as those of comments.
    """
    working = _working(history)
    everybody = list(_everybody(history.people, working.union(others)))
    bots = frozenset(key(one) for one in everybody if is_bot(one, settings.bots))
    former = frozenset(key(one) for one in everybody if one.former)
    people = [one for one in everybody if key(one) not in bots and key(one) not in former]
    united, doubts = unite(people, settings.people)
    deciding = tuple(_deciding(settings))
    nobody = {key(one): one.username or one.name for one in everybody if key(one) in bots or key(one) in former}
    words = (*_words(settings), *deciding)
    named, more = names(united, words, tuple(settings.projects), deciding, nobody.values())
    teams = {person: name for name, team in settings.teams.items() for person in team.people}
    return Identities(
        name_of={**named.of, **nobody},
        shown={**named.shown, **{key(one): one.name for one in everybody if key(one) in nobody}},
        bots=bots,
        former=former,
        team_of={named.meant.get(word.casefold(), word): team for word, team in teams.items()},
        meant=named.meant,
        doubts=(*doubts, *more, *_alike(united, working, more)),
    )


def is_bot(person: Person, patterns: Iterable[str]) -> bool:
    """Tell whether nobody stands behind an account: the tracker says so, or the settings do."""
    words = [word.casefold() for word in (person.username, person.id, person.email, person.name) if word]
    wanted = [pattern.casefold() for pattern in patterns]
    return person.bot or any(fnmatchcase(word, pattern) for pattern in wanted for word in words)


def _working(history: History) -> frozenset[Account]:
    """Return the accounts that hold work or log time."""
    holding = {(item.source, account) for item in history.items for account in item.assignees}
    return frozenset(holding | {(log.source, log.author) for log in history.worklogs if log.author is not None})


def _everybody(people: Iterable[Person], accounts: frozenset[Account]) -> Iterator[Person]:
    """Yield all accounts, also those that only appear on items, worklogs and comments."""
    known = {key(one): one for one in people}
    yield from known.values()
    for source, id_ in sorted(accounts - known.keys()):
        yield Person(source=source, id=id_, name=id_)


def _words(settings: ProductSettings) -> Iterator[str]:
    """Yield the words by which the settings speak of people."""
    for team in settings.teams.values():
        yield from (*team.people, *team.absences)
    rates = settings.budget.rates if settings.budget else {}
    yield from (name for name in rates if name != "default" and name not in settings.teams)


def _deciding(settings: ProductSettings) -> Iterator[str]:
    """Yield the words for those who decide about a gate."""
    gate = settings.acceptance
    yield from (name for approvers in gate.approvers.values() for name in approvers)
    if gate.accountable:
        yield gate.accountable


def _alike(everyone: Iterable[Someone], working: frozenset[Account], told: Iterable[Doubt]) -> Iterator[Doubt]:
    """Find people who work in different trackers under one name, without an address to tell them apart.

    Whoever another doubt has ``told`` of already is not told of again.
    """
    first: dict[str, Someone] = {}
    found: list[str] = []
    accounts: set[Account] = set()
    for one in everyone:
        if working.isdisjoint(key(account) for account in one.accounts):
            continue
        for word in dict.fromkeys(word.casefold() for a in one.accounts for word in (a.username, a.name) if word):
            other = first.setdefault(word, one)
            both = {key(account) for someone in (one, other) for account in someone.accounts}
            if other is not one and _may_be(one, other) and not any(both <= doubt.accounts for doubt in told):
                found.append(f"{called(other.accounts[0])} and {called(one.accounts[0])}")
                accounts |= both
                break
    if found:
        shown = "; ".join(found[:_NAMED]) + (f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else "")
        text = f"These may be one person each: {shown}. Say in `people` who is who."
        yield Doubt("people not united", text, frozenset(accounts))


def _may_be(one: Someone, other: Someone) -> bool:
    """Tell whether two people could be one: without an account in one tracker, and not both with an address."""
    here, there = ({account.source for account in someone.accounts} for someone in (one, other))
    addressed = all(any(account.email for account in someone.accounts) for someone in (one, other))
    return not here & there and not addressed


def holders(lives: Iterable[Life], who: Identities) -> dict[str, float]:
    """Return how many pieces of work each person holds; several share one."""
    found: dict[str, float] = {}
    for life in lives:
        people = who.assignees(life)
        for person in people:
            found[person] = found.get(person, 0.0) + 1 / len(people)
    return found
