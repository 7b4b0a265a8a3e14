"""Mirrors that only a title hints at: it begins with the key of an item in another tracker."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.history.mentions import Keys
from pmbridge.history.records import ItemId, Record


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """The title of ``item`` says that it is ``other``, an item in another tracker."""

    item: ItemId
    other: ItemId


def claims(records: Sequence[Record], keys: Keys, *, always: bool) -> list[Claim]:
    """Read the titles: ``SHOP-12: Pay by card`` claims SHOP-12 if that one is called so, or ``always``."""
    if keys.are_of_one_tracker:
        return []
    led = [(record, led) for record in records if (led := keys.leading(record.item.title, record.item.source))]
    titles = {record.id: record.item.title for record in records} if led and not always else {}
    return sorted(
        Claim(record.id, other) for record, (other, rest) in led if always or _words(rest) == _words(titles[other])
    )


def settle(
    found: Iterable[Claim], partners: Mapping[ItemId, frozenset[ItemId]]
) -> tuple[list[Claim], tuple[Claim, ...]]:
    """Part claims into those that unite and those that are refused; what ``partners`` already unites is neither.

    A claim is refused where either end has another mirror in the tracker of the other: one that is stated, or one that
    a title claims as well.
    """
    new = [claim for claim in found if claim.other not in partners.get(claim.item, ())]
    claimed: defaultdict[tuple[ItemId, str], set[ItemId]] = defaultdict(set)
    for claim in new:
        claimed[claim.other, claim.item[0]].add(claim.item)
        claimed[claim.item, claim.other[0]].add(claim.other)

    def is_clear(end: ItemId, source: str) -> bool:
        stated = any(other[0] == source for other in partners.get(end, ()) if other != end)
        return not stated and len(claimed[end, source]) == 1

    clear = [claim for claim in new if is_clear(claim.item, claim.other[0]) and is_clear(claim.other, claim.item[0])]
    return clear, tuple(sorted(set(new) - set(clear)))


def _words(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
