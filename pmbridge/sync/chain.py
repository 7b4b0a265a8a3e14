"""Finding items whose recorded history does not hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from pmbridge.model import SET_FIELDS, Change, FieldName

#: Long texts are shortened and reformatted in histories, so that their ends need not meet.
_UNCHAINED = SET_FIELDS | {FieldName.TITLE, FieldName.DESCRIPTION}


def broken_histories(changes: Iterable[Change]) -> frozenset[str]:
    """Return the ids of items where a field leaves another value than the one it last went to.

    Such an item lost at least one change on its way. Fields that hold several values at once have no chain.
    """
    chains: defaultdict[tuple[str, FieldName], list[Change]] = defaultdict(list)
    for change in changes:
        if change.field not in _UNCHAINED:
            chains[change.item, change.field].append(change)
    return frozenset(item for (item, _), chain in chains.items() if not _hangs_together(chain))


def _hangs_together(chain: list[Change]) -> bool:
    if any(later.at <= earlier.at for earlier, later in pairwise(chain)):
        chain.sort(key=_order)
    return all(earlier.after == later.before for earlier, later in pairwise(chain))


def _order(change: Change) -> tuple[object, ...]:
    return change.at, len(change.history), change.history, change.position
