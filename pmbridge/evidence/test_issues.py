"""Executions read from the life of an issue: verdict labels, else status and resolution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from pmbridge.model import Change, Execution, ExecutionStatus, FieldName, Item, StatusCategory

#: What a status means, by its id.
CategoryOf = Callable[[str], StatusCategory]

# Reading a member off its enum class costs more than comparing it.
_LABELS, _RESOLUTION, _STATUS = FieldName.LABELS, FieldName.RESOLUTION, FieldName.STATUS


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The words that tell a result: labels, and resolutions of a test that is done; all in lower case."""

    labels: Mapping[str, ExecutionStatus] = field(default_factory=dict)
    resolutions: Mapping[str, ExecutionStatus] = field(default_factory=dict)

    def of_labels(self, labels: Iterable[str]) -> ExecutionStatus | None:
        """Return what a set of labels says; of two verdicts none can be believed."""
        found = {self.labels[label.casefold()] for label in labels if label.casefold() in self.labels}
        return None if not found else found.pop() if len(found) == 1 else ExecutionStatus.UNKNOWN

    def of_resolution(self, resolution: str | None) -> ExecutionStatus:
        """Return what an end says: none given is a pass, a word nobody listed is no run."""
        if resolution is None:
            return ExecutionStatus.PASS
        return self.resolutions.get(resolution.casefold(), ExecutionStatus.SKIPPED)


@dataclass(slots=True)
class _State:
    labels: set[str]
    resolution: str | None
    done: bool

    def result(self, verdicts: Verdicts) -> ExecutionStatus | None:
        told = verdicts.of_labels(self.labels)
        return told if told is not None else verdicts.of_resolution(self.resolution) if self.done else None


def runs(item: Item, changes: Sequence[Change], verdicts: Verdicts, category: CategoryOf | None) -> list[Execution]:
    """Return an execution for every time the result of an issue changed; without ``category`` labels alone tell.

    A result that was taken back (the label is gone, the test is open again) is a run that was skipped: what it proved
    is not proven any more.
    """
    telling = [c for c in changes if c.field is _LABELS or c.field is _RESOLUTION or c.field is _STATUS]
    ordered = sorted(telling, key=lambda c: (c.at, len(c.history), c.history, c.position))
    state = _first(item, ordered, category)
    found = [] if (begun := state.result(verdicts)) is None else [(item.created_at, item.author, begun)]
    last = begun
    for at, group in groupby(ordered, key=lambda change: change.at):
        edits = list(group)
        for change in edits:
            _apply(state, change, category)
        told = state.result(verdicts)
        if told is not last or (told is not None and _retold(edits, verdicts)):
            found.append((at, edits[-1].author, told or ExecutionStatus.SKIPPED))
        last = told
    return [_execution(item, at, author, status) for at, author, status in found]


def _retold(edits: Iterable[Change], verdicts: Verdicts) -> bool:
    """Say whether a verdict label was put on again."""
    put = (_word(change.after, change.after_name) for change in edits if change.field is FieldName.LABELS)
    return any(word is not None and word.casefold() in verdicts.labels for word in put)


def _first(item: Item, changes: Sequence[Change], category: CategoryOf | None) -> _State:
    """Set the issue back to its creation."""
    state = _State(set(item.labels), item.resolution, category is not None and item.category is StatusCategory.DONE)
    for change in reversed(changes):
        gone, come = _word(change.after, change.after_name), _word(change.before, change.before_name)
        _set(state, change.field, gone, come, change.before, category)
    return state


def _apply(state: _State, change: Change, category: CategoryOf | None) -> None:
    gone, come = _word(change.before, change.before_name), _word(change.after, change.after_name)
    _set(state, change.field, gone, come, change.after, category)


def _set(
    state: _State, field: FieldName, gone: str | None, come: str | None, id_: str | None, category: CategoryOf | None
) -> None:
    if field is _LABELS:
        state.labels -= {gone} if gone else set()
        state.labels |= {come} if come else set()
    elif field is _RESOLUTION:
        state.resolution = come
    elif field is _STATUS and category is not None and id_ is not None:
        state.done = category(id_) is StatusCategory.DONE


def _word(id_: str | None, name: str | None) -> str | None:
    return name or id_


def _execution(item: Item, at: datetime, author: str | None, status: ExecutionStatus) -> Execution:
    return Execution(
        source=item.source,
        id=f"{item.id}@{at.isoformat()}",
        test=item.id,
        status=status,
        at=at,
        executor=author,
    )


def changed_at(changes: Iterable[Change]) -> datetime | None:
    """Return when the words of a test last changed."""
    words = (FieldName.DESCRIPTION, FieldName.TITLE)
    return max((c.at for c in changes if c.field in words and c.before != c.after), default=None)
