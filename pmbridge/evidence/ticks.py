"""Tests and executions from an item's boxes and scenarios, with author and time of each tick where they are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.evidence.checklists import acceptance_boxes, scenarios
from pmbridge.model import Change, Execution, ExecutionStatus, FieldName, Item, Origin, TestCase, text_id


@dataclass(frozen=True, slots=True)
class Described:
    """The tests that a description holds, and what is known of them."""

    tests: tuple[TestCase, ...]
    executions: tuple[Execution, ...]


def described(item: Item, changes: Sequence[Change], ticks: Mapping[str, Sequence[Execution]]) -> Described:
    """Read an item's description; ``ticks`` are the known ticks of its boxes by id of the test.

    A ticked box whose tick nobody saw counts as ticked when the text was last changed, by whom it was changed. Where
    its history is known it is believed: a box that was reworded after it was ticked is not proven.
    """
    found = [_box(item, box.text, box.ticked, changes, ticks) for box in acceptance_boxes(item.description)]
    found += [(_test(item, one.text, one.name, Origin.SCENARIO), ()) for one in scenarios(item.description)]
    tests = {test.id: test for test, _ in found}
    runs = {row.id: row for _, rows in found for row in rows}
    return Described(tuple(tests.values()), tuple(runs.values()))


def _box(
    item: Item, text: str, ticked: bool, changes: Sequence[Change], ticks: Mapping[str, Sequence[Execution]]
) -> tuple[TestCase, Sequence[Execution]]:
    test = _test(item, text, text, Origin.CHECKLIST)
    known = ticks.get(test.id)
    if known is None:
        return test, [_unseen(item, test, changes, ExecutionStatus.PASS)] if ticked else []
    last = max(known, key=lambda row: (row.at, row.id))
    taken_back = last.status is ExecutionStatus.PASS and not ticked
    return test, [*known, _unseen(item, test, changes, ExecutionStatus.SKIPPED)] if taken_back else known


def _unseen(item: Item, test: TestCase, changes: Iterable[Change], status: ExecutionStatus) -> Execution:
    at, author = last_edit(item, changes)
    return Execution(
        source=item.source,
        id=f"{test.id}@{at.isoformat()}@unseen",
        test=test.id,
        status=status,
        at=at,
        executor=author,
        note="nobody saw it happen: taken from the last edit",
    )


def last_edit(item: Item, changes: Iterable[Change]) -> tuple[datetime, str | None]:
    """Return when and by whom a description was last touched, ticks included."""
    edits = [(change.at, change.author) for change in changes if change.field is FieldName.DESCRIPTION]
    return max(edits, key=lambda edit: edit[0], default=(item.created_at, item.author))


def normative_changes(changes: Iterable[Change]) -> tuple[datetime, ...]:
    """Return when the words of a description changed; a tick alone leaves them the same on both sides."""
    return tuple(c.at for c in changes if c.field is FieldName.DESCRIPTION and c.before != c.after)


def normative_change(changes: Iterable[Change]) -> datetime | None:
    """Return when the words of a description last changed."""
    return max(normative_changes(changes), default=None)


def _test(item: Item, text: str, title: str, origin: Origin) -> TestCase:
    return TestCase(
        source=item.source,
        id=text_id(item.id, text),
        key=f"{item.key}: {title}"[:120],
        title=title[:300],
        origin=origin,
        project=item.project,
        url=item.url,
        covers=(item.id,),
        created_at=item.created_at,
    )
