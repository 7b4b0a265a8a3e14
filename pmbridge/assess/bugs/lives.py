"""The lives of items that are bugs or reports of bugs, as the bug flow sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pmbridge.assess.bugs.words import AREAS, DUPLICATE, NO_BUG, Marks, Releases, Words, scoped
from pmbridge.history.categories import normalised
from pmbridge.history.phases import Life
from pmbridge.history.timeline import Value, stretches
from pmbridge.metrics.bugflow.bug import ENDED, Bug, Graded, Outcome, Turn
from pmbridge.model import Change, FieldName, Item, StatusCategory

_STATUS, _LABELS, _ASSIGNEES = FieldName.STATUS, FieldName.LABELS, FieldName.ASSIGNEES
_DONE, _CANCELLED = StatusCategory.DONE, StatusCategory.CANCELLED
_TITLED = 200


class Biographer:
    """Writes the life of one item after another as a bug.

    ``grades`` is the field that severities are read from, by source, ``launches`` the instants at which milestones
    reached users.
    """

    def __init__(
        self,
        words: Words,
        releases: Releases,
        grades: Mapping[str, FieldName],
        launches: Mapping[str, datetime],
        as_of: datetime,
    ) -> None:
        self._words = words
        self._releases = releases
        self._grades = grades
        self._launches = launches
        self._as_of = as_of

    def bug(self, life: Life, *, duplicate: bool = False, is_report: bool = True, is_defect: bool = True) -> Bug:
        """Write one life. ``duplicate`` says that a link names another item as its original."""
        item, changes = life.item, life.canonical.primary.changes
        turns = _turns(life)
        members = self._releases.planned(life.last.milestones)
        support = not is_defect or self._words.is_support(item)
        return Bug(
            id=(item.source, item.id),
            key=item.key,
            created_at=life.created_at,
            turns=turns,
            outcome=_outcome(item, turns, duplicate),
            severities=self._severities(item, changes),
            component=_component(item),
            affects=self._releases.affected(item),
            members=members,
            from_customers=support or self._words.met_by_users(item),
            author=item.author,
            acknowledged_at=_acknowledged(item, changes),
            deployed_at=self._deployed(item, changes, turns, members),
            pauses=marked(item, changes, self._words.paused),
            fault=_fault(item, changes),
            is_report=is_report,
            is_defect=is_defect,
            url=item.url,
            title=None if item.restricted else item.title[:_TITLED],
        )

    def _severities(self, item: Item, changes: Sequence[Change]) -> tuple[Graded, ...]:
        grades = self._grades.get(item.source, FieldName.SEVERITY)
        now = item.severity if grades is FieldName.SEVERITY else item.priority
        own = [change for change in changes if change.field is grades] if changes else ()
        if not own:
            return (Graded(item.created_at, now),)
        first = own[0]
        found = [Graded(item.created_at, first.before_name or first.before)]
        found += [Graded(max(c.at, item.created_at), c.after_name or c.after) for c in own]
        return tuple(found)

    def _deployed(
        self, item: Item, changes: Sequence[Change], turns: Sequence[Turn], members: Iterable[str]
    ) -> datetime | None:
        """Return when a repair reached users: by its mark, else with the launch of a milestone it was made for."""
        if self._words.deployed:
            spans = marked(item, changes, self._words.deployed)
            if spans:
                return spans[-1][0]
        if turns[-1].category is not _DONE:
            return None
        ended = turns[-1].since
        later = [at for key in members if (at := self._launches.get(key)) is not None and ended <= at <= self._as_of]
        return min(later, default=None)


def _turns(life: Life) -> tuple[Turn, ...]:
    found: list[Turn] = []
    last = None
    for phase in life.phases:
        if phase.category is not last:
            last = phase.category
            found.append(Turn(phase.since, last))
    return tuple(found)


def _outcome(item: Item, turns: Sequence[Turn], duplicate: bool) -> Outcome:
    category = turns[-1].category
    if category not in ENDED:
        return Outcome.OPEN
    said = {normalised(item.resolution)} if item.resolution else set()
    said |= {normalised(word) for word in scoped(item.labels, ("resolution::",))}
    if duplicate or said & DUPLICATE:
        return Outcome.DUPLICATE
    if category is _CANCELLED:
        return Outcome.NOT_A_BUG if said & NO_BUG else Outcome.DECLINED
    return Outcome.FIXED


def _component(item: Item) -> str | None:
    return item.components[0] if item.components else next(iter(scoped(item.labels, AREAS)), None)


def _acknowledged(item: Item, changes: Sequence[Change]) -> datetime | None:
    """Return when somebody took it up: the first move of its status, or the first person it was given to."""
    gifts = [c for c in changes if c.field is _ASSIGNEES]
    if item.assignees and not gifts:
        return item.created_at
    first = next((c.at for c in changes if c.field is _STATUS or (c.field is _ASSIGNEES and c.after is not None)), None)
    return None if first is None else max(first, item.created_at)


def _fault(item: Item, changes: Sequence[Change]) -> str | None:
    """Say why an item's dates cannot be true."""
    if item.closed_at is not None and item.closed_at < item.created_at:
        return "closed before it was created"
    if changes and changes[0].at < item.created_at and changes[0].field is _STATUS:
        return "changed before it was created"
    return None


def marked(item: Item, changes: Sequence[Change], marks: Marks) -> tuple[tuple[datetime, datetime | None], ...]:
    """Return the stretches in which an item carried a mark, by its status or by a label."""
    if not marks:
        return ()
    spans: list[tuple[datetime, datetime | None]] = []
    if marks.statuses:
        own = [c for c in changes if c.field is _STATUS]
        for one in stretches(own, Value(item.status, item.status_name), item.created_at):
            if one.value.word is not None and normalised(one.value.word) in marks.statuses:
                spans.append((one.since, one.until))
    if marks.labels:
        spans += _labelled(item, changes, marks)
    return tuple(sorted(spans, key=lambda span: span[0]))


def _labelled(item: Item, changes: Sequence[Change], marks: Marks) -> Iterable[tuple[datetime, datetime | None]]:
    own = [c for c in changes if c.field is _LABELS]
    for label in {*item.labels, *(c.before or "" for c in own)}:
        if normalised(label) not in marks.labels:
            continue
        moves = [c for c in own if label in (c.before, c.after)]
        begin = None if moves and moves[0].after == label else item.created_at
        for move in moves:
            if move.after == label:
                begin = move.at
            elif begin is not None:
                yield begin, move.at
                begin = None
        if begin is not None:
            yield begin, None
