"""Which accounts, of one tracker or several, belong to one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.model import Person

#: An account across trackers: its source and its id there.
Account = tuple[str, str]
#: By the name of a person, the names of their accounts by source.
People = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Someone:
    """One person with all their accounts, and the name the configuration gives them, if it does."""

    accounts: tuple[Person, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What only a person can settle: ``kind`` names the sort, ``text`` says whom it is about and how to mend it.

    ``accounts`` are those that may be one person, where that is the doubt.
    """

    kind: str
    text: str
    accounts: frozenset[Account] = frozenset()


def key(person: Person) -> Account:
    """Return what tells an account from all others."""
    return person.source, person.id


def called(person: Person) -> str:
    """Name an account for people, without its address."""
    return f"{person.username or person.name} ({person.source})"


def unite(accounts: Iterable[Person], people: People) -> tuple[tuple[Someone, ...], tuple[Doubt, ...]]:
    """Unite accounts that ``people`` says are one, and accounts of different trackers with one visible address.

    Nothing else unites: names are given out twice, and in public trackers to strangers. What the configuration says
    wins over addresses. Where an address is no proof (two accounts of one tracker have it, or it contradicts the
    configuration) its accounts stay apart and a `Doubt` says so. The order of ``accounts`` makes no difference.
    """
    known = sorted({key(one): one for one in accounts}.values(), key=key)
    union = _Union(known, people)
    for _, together in sorted(_by_address(known).items()):
        union.by_address(together)
    return union.everyone(), tuple(union.doubts)


def _by_address(known: Iterable[Person]) -> dict[str, list[Person]]:
    found: defaultdict[str, list[Person]] = defaultdict(list)
    for one in known:
        if one.email and "@" in one.email:
            found[one.email.strip().casefold()].append(one)
    return {address: together for address, together in found.items() if len(together) > 1}


class _Union:
    """Gathers who is who; what the configuration says comes first."""

    def __init__(self, known: Sequence[Person], people: People) -> None:
        self.doubts: list[Doubt] = []
        self._known = known
        self._name: dict[Account, str] = {}
        self._named: defaultdict[str, list[Person]] = defaultdict(list)
        self._together: list[list[Person]] = []
        for account, names in _said(known, people, self.doubts).items():
            if len(names) == 1:
                self._name[key(account)] = names[0]
                self._named[names[0]].append(account)
        self._joined = {name: list(own) for name, own in self._named.items()}

    def by_address(self, together: Sequence[Person]) -> None:
        """Unite the accounts of one address, if the address proves that they are one person."""
        names = sorted({self._name[key(one)] for one in together if key(one) in self._name})
        loose = [one for one in together if key(one) not in self._name]
        if len(names) > 1:
            text = f"`people` says that {_listed(together)} are {' and '.join(names)}, yet they have one address"
            self._doubt("people contradict addresses", f"{text}: correct one of them.")
        elif loose and (doubles := _doubles(together, self._name)):
            text = f"{_listed(doubles)} have one address: say in `people` whose they are"
            self._doubt("one address, two accounts", f"{text}.")
        elif names:
            for one in loose:
                self._join_if_alone(one, names[0])
        elif loose:
            self._together.append(loose)

    def _join_if_alone(self, account: Person, name: str) -> None:
        """Join an account to somebody of the same address, unless that one is said to have another account there."""
        others = [one for one in self._named[name] if one.source == account.source]
        if not others:
            self._joined[name].append(account)
            return
        text = f"By its address {called(account)} is {name}, who by `people` is {_listed(others)} there"
        self._doubt("people contradict addresses", f"{text}: add it to `people`, or correct the address.")

    def _doubt(self, kind: str, text: str) -> None:
        self.doubts.append(Doubt(kind, text))

    def everyone(self) -> tuple[Someone, ...]:
        """Return every person, those without company too, in the order of their first accounts."""
        groups = [Someone(tuple(sorted(own, key=key)), name) for name, own in self._joined.items()]
        groups += [Someone(tuple(own)) for own in self._together]
        grouped = {key(one) for group in groups for one in group.accounts}
        groups += [Someone((one,)) for one in self._known if key(one) not in grouped]
        return tuple(sorted(groups, key=lambda group: key(group.accounts[0])))


def _said(known: Sequence[Person], people: People, doubts: list[Doubt]) -> dict[Person, list[str]]:
    """Find the accounts that the configuration means, with the people they are said to be."""
    by_word = _words(known)
    found: dict[Person, list[str]] = {}
    for name, sources in people.items():
        for source, words in sources.items():
            for word in words:
                for account in _meant(by_word, source, word, name, doubts):
                    names = found.setdefault(account, [])
                    names += [name] if name not in names else []
    for account, names in found.items():
        if len(names) > 1:
            text = f"`people` says that {called(account)} is {' and '.join(sorted(names))}: take it from one"
            doubts.append(Doubt("people contradict themselves", f"{text}."))
    return found


#: Accounts by source and, for each way of naming an account, the word in lower case.
_Words = Mapping[tuple[str, int, str], list[Person]]
_WAYS = 3


def _words(known: Iterable[Person]) -> _Words:
    found: defaultdict[tuple[str, int, str], list[Person]] = defaultdict(list)
    for one in known:
        for way, word in enumerate((one.id, one.username, one.email)):
            if word:
                found[one.source, way, word.strip().casefold()].append(one)
    return found


def _meant(by_word: _Words, source: str, word: str, name: str, doubts: list[Doubt]) -> Iterator[Person]:
    for way in range(_WAYS):
        meant = by_word.get((source, way, word.casefold()), [])
        if len(meant) > 1:
            text = f"{name} of `people` could be {_listed(meant)}: name the account by its id"
            doubts.append(Doubt("one address, two accounts", f"{text}."))
            return
        if meant:
            yield meant[0]
            return


def _doubles(together: Sequence[Person], name: Mapping[Account, str]) -> list[Person]:
    """Return accounts of one tracker among ``together`` that nobody has said to be one person."""
    by_source: defaultdict[str, list[Person]] = defaultdict(list)
    for one in together:
        by_source[one.source].append(one)
    doubtful = (own for own in by_source.values() if len(own) > 1 and any(key(one) not in name for one in own))
    return [one for own in doubtful for one in own]


def _listed(accounts: Sequence[Person]) -> str:
    words = [called(one) for one in accounts]
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]
