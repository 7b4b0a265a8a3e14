"""What each person is called, so that no two share a name and the words of the settings find whom they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from pmbridge.assess.accounts import Account, Doubt, Someone, called, key
from pmbridge.model import Person

#: How many ways there are to mean somebody, and how many of them prove something.
_WAYS, _FIRM = 4, 2


@dataclass(frozen=True, slots=True)
class Names:
    """The one name of each account's person, how that person is shown, and whom a word in lower case means."""

    of: Mapping[Account, str]
    shown: Mapping[Account, str]
    meant: Mapping[str, str]


def names(
    everyone: Sequence[Someone],
    words: Iterable[str],
    order: Sequence[str],
    firm: Collection[str] = (),
    nobodies: Iterable[str] = (),
) -> tuple[Names, tuple[Doubt, ...]]:
    """Name everyone: as ``people`` does, else as the settings do, else by user name, shown name or id.

    ``words`` are those by which the settings speak of people, ``order`` names the sources, the system of record first.
    Words in ``firm`` give somebody a say: a shown name, which anybody can change, is not enough for them. ``nobodies``
    are the names of bots and former users.
    A word that could mean several people means the one in the source named first, and is a `Doubt`.
    """
    rank = {source: place for place, source in enumerate(order)}
    led = sorted(((one, _lead(one, rank)) for one in everyone), key=lambda pair: _place(pair[1], rank))
    index = _index(led)
    meant: dict[str, int] = {}
    doubts = []
    words = tuple(dict.fromkeys(words))
    for word in words:
        found = _meant(word, index, _FIRM if word in firm else _WAYS)
        if len(found) > 1:
            several = " or ".join(called(led[number][1]) for number in found)
            text = f"{word} could be {several}, and nothing proves that they are one: say in `people` who is meant."
            accounts = frozenset(key(account) for number in found for account in led[number][0].accounts)
            doubts.append(Doubt("two people of one name", text, accounts))
        if found:
            meant[word] = found[0]
    final = _distinct(led, meant, (*words, *nobodies))
    of = {key(account): final[n] for n, (one, _) in enumerate(led) for account in one.accounts}
    shown = {key(account): lead.name for one, lead in led for account in one.accounts}
    proven = {word: final[found[0]] for (way, word), found in index.items() if way < _FIRM and len(found) == 1}
    said = {word.casefold(): final[n] for word, n in meant.items()}
    own = {name.casefold(): name for name in final}
    return Names(of, shown, proven | said | own), tuple(doubts)


def _place(account: Person, rank: Mapping[str, int]) -> tuple[int, str, str]:
    return rank.get(account.source, len(rank)), account.source, account.id


def _lead(one: Someone, rank: Mapping[str, int]) -> Person:
    """Return the account whose words are shown: that in the system of record."""
    return min(one.accounts, key=lambda account: _place(account, rank))


def _ways(one: Someone) -> Iterator[tuple[int, str]]:
    """Yield the words for a person with their strength: the strongest is what `people` says."""
    if one.name:
        yield 0, one.name
    for account in one.accounts:
        yield from ((1, word) for word in (account.email, account.username, account.id) if word)
        if account.email:
            yield 2, account.email.partition("@")[0]
        yield 3, account.name


def _index(led: Sequence[tuple[Someone, Person]]) -> Mapping[tuple[int, str], list[int]]:
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for number, (one, _) in enumerate(led):
        for way, word in dict.fromkeys((way, word.casefold()) for way, word in _ways(one)):
            found[way, word].append(number)
    return found


def _meant(word: str, index: Mapping[tuple[int, str], list[int]], ways: int) -> list[int]:
    return next((found for way in range(ways) if (found := index.get((way, word.casefold()), []))), [])


def _distinct(led: Sequence[tuple[Someone, Person]], meant: Mapping[str, int], reserved: Iterable[str]) -> list[str]:
    """Name everyone; who is called like somebody before gets the source, and if need be the id, beside the name."""
    wanted = {number: word for word, number in reversed(list(meant.items()))}
    fixed = {n: one.name or wanted[n] for n, (one, _) in enumerate(led) if one.name or n in wanted}
    taken = {name.casefold() for name in (*fixed.values(), *reserved)}
    final = []
    for number, (_, lead) in enumerate(led):
        name = fixed.get(number) or next(word for word in _candidates(lead) if word.casefold() not in taken)
        taken.add(name.casefold())
        final.append(name)
    return final


def _candidates(lead: Person) -> Iterator[str]:
    name = lead.username or lead.name
    yield from (name, f"{name} ({lead.source})", f"{name} ({lead.source} {lead.id})")
    yield from (f"{name} ({lead.source} {lead.id}, {number})" for number in count(2))
