"""Finding items whose recorded history does not hang together."""

from __future__ import annotations

from collections.abc import Iterable

from pmbridge.model import SET_FIELDS, Change, FieldName

#: Long texts are shortened and reformatted in histories, so that their ends need not meet.
_UNCHAINED = SET_FIELDS | {FieldName.TITLE, FieldName.DESCRIPTION}


def broken_histories(changes: Iterable[Change]) -> frozenset[str]:
    """Return the ids of items where a field leaves another value than the one it last went to.

    Such an item lost at least one change on its way. Fields that hold several values at once have no chain.
    """
    last: dict[tuple[str, FieldName], str | None] = {}
    broken: set[str] = set()
    for change in sorted(changes, key=_order):
        if change.field in _UNCHAINED:
            continue
        chain = change.item, change.field
        if chain in last and last[chain] != change.before:
            broken.add(change.item)
        last[chain] = change.after
    return frozenset(broken)


def _order(change: Change) -> tuple[object, ...]:
    return change.at, len(change.history), change.history, change.position
