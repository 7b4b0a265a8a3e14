"""Who ticked which box of a description, and when, read from the edits of the description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pmbridge.model import Execution, ExecutionStatus, Item, Origin, TestCase, text_id
from pmbridge_jira import adf
from pmbridge_jira.histories import history_of
from pmbridge_jira.shape import Json

_EDITED = "edited after it was ticked"
_UNTICKED = "the tick was taken back"


@dataclass(frozen=True, slots=True)
class _Edit:
    """One version of a description giving way to the next: boxes by their words."""

    at: datetime
    author: str | None
    before: Mapping[str, bool]
    after: Mapping[str, bool]


@dataclass(slots=True)
class _Book:
    item: Item
    born: dict[str, datetime] = field(default_factory=dict)
    gone: dict[str, datetime] = field(default_factory=dict)
    runs: list[Execution] = field(default_factory=list)

    def note(self, text: str, at: datetime, author: str | None, why: str | None = None) -> None:
        """Write a tick down, or with ``why`` that a tick proves nothing any more."""
        test = text_id(self.item.id, text)
        status = ExecutionStatus.SKIPPED if why else ExecutionStatus.PASS
        self.runs.append(
            Execution(
                source=self.item.source,
                id=f"{test}@{at.isoformat()}",
                test=test,
                status=status,
                at=at,
                executor=author,
                note=why,
            )
        )

    def tests(self) -> Iterator[TestCase]:
        for text, at in self.born.items():
            yield TestCase(
                source=self.item.source,
                id=text_id(self.item.id, text),
                key=f"{self.item.key}: {text}"[:120],
                title=text[:300],
                origin=Origin.CHECKLIST,
                project=self.item.project,
                url=self.item.url,
                covers=(self.item.id,),
                created_at=at,
                retired_at=self.gone.get(text),
            )


def ticks(issue: Json, item: Item) -> tuple[tuple[TestCase, ...], tuple[Execution, ...]]:
    """Return every box a description ever had and what happened to it; nothing where no edit of it is known.

    A box that comes in ticked while another ticked one leaves was reworded: nobody ticked these words. Only Data
    Center and a history of every field tell edits of descriptions.
    """
    edits = _edits(issue)
    if not edits or not any(edit.before or edit.after for edit in edits):
        return (), ()
    book = _Book(item)
    for text, ticked in edits[0].before.items():
        book.born[text] = item.created_at
        if ticked:
            book.note(text, item.created_at, item.author)
    for edit in edits:
        _apply(book, edit)
    return tuple(book.tests()), tuple(book.runs)


def _apply(book: _Book, edit: _Edit) -> None:
    reworded = any(ticked and text not in edit.after for text, ticked in edit.before.items())
    for text, ticked in edit.after.items():
        if text not in edit.before:
            book.born.setdefault(text, edit.at)
            book.gone.pop(text, None)
        was = edit.before.get(text, False)
        if ticked and not was:
            book.note(text, edit.at, edit.author, _EDITED if reworded and text not in edit.before else None)
        elif was and not ticked:
            book.note(text, edit.at, edit.author, _UNTICKED)
    book.gone.update((text, edit.at) for text in edit.before if text not in edit.after)


def _edits(issue: Json) -> list[_Edit]:
    told = [
        (edit, entry)
        for edit in history_of(issue)
        for entry in edit.items or ()
        if entry.field_id == "description" or entry.field == "description"
    ]
    return [_Edit(edit.created, edit.by, _boxes(entry.old), _boxes(entry.new)) for edit, entry in told]


def _boxes(text: str | None) -> Mapping[str, bool]:
    found: Sequence[tuple[str, bool]] = [(" ".join(one.text.split()), one.ticked) for one in adf.checklist(text)]
    return dict(found)
