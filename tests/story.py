"""A history told event by event: every change is consistent with the one before it, as trackers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pmbridge.model import (
    SET_FIELDS,
    Change,
    FieldName,
    History,
    Item,
    Level,
    Link,
    LinkKind,
    Milestone,
    MilestoneKind,
    MilestoneObservation,
    MilestoneState,
    Person,
    SourceState,
    StatusCategory,
    StatusDefinition,
)

CATEGORIES = {
    "todo": StatusCategory.TODO,
    "active": StatusCategory.ACTIVE,
    "review": StatusCategory.WAITING,
    "done": StatusCategory.DONE,
    "strange": StatusCategory.UNMAPPED,
}
#: When every tracker of a story was last read; no figure depends on it.
READ = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = {"todo": "To Do", "active": "In Progress", "review": "Blocked outside", "done": "Done", "strange": "Limbo"}


def when(text: str | datetime) -> datetime:
    """Read an instant; a date alone is noon, no zone is UTC."""
    if isinstance(text, datetime):
        return text
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T12:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text


class Story:
    """Tells what happened in one or more trackers."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], dict[str, Any]] = {}
        self._changes: list[Change] = []
        self._milestones: list[Milestone] = []
        self._links: list[Link] = []
        self._observations: list[MilestoneObservation] = []
        self._sources: dict[str, SourceState] = {}
        self._edits = 0

    def milestone(self, id_: str, title: str, source: str = "jira", **fields: Any) -> None:
        self._source(source)
        released, closed = fields.pop("released", None), fields.pop("closed", None)
        state = MilestoneState.RELEASED if released else MilestoneState.CLOSED if closed else MilestoneState.OPEN
        self._milestones.append(
            Milestone(
                source=source,
                id=id_,
                native_id=id_.rpartition(":")[2],
                kind=MilestoneKind(fields.pop("kind", "version")),
                project=fields.pop("project", "SHOP"),
                title=title,
                state=fields.pop("state", state),
                start=day(fields.pop("start", None)),
                due=day(fields.pop("due", None)),
                released_at=when(released) if released else None,
                closed_at=when(closed) if closed else None,
                **fields,
            )
        )

    def observe(
        self, id_: str, seen: str, title: str, start: Any = None, due: Any = None, source: str = "jira"
    ) -> None:
        self._observations.append(MilestoneObservation(source, id_, when(seen), title, day(start), day(due)))

    def item(self, id_: str, created: str | datetime, source: str = "jira", **fields: Any) -> None:
        self._source(source)
        status = fields.pop("status", "todo")
        defaults: dict[str, Any] = {
            "source": source,
            "id": id_,
            "key": id_,
            "project": "SHOP",
            "url": f"https://{source}.example/browse/{id_}",
            "title": f"Title of {id_}",
            "type": "Story",
            "level": Level.STANDARD,
            "status": status,
            "created_at": when(created),
            "author": "u1",
            "milestones": (),
            "labels": (),
            "assignees": (),
            "points": None,
            "resolution": None,
            "priority": None,
            "due": None,
            "flagged": None,
        }
        self._items[source, id_] = {**defaults, **fields}

    def change(self, id_: str, at: str | datetime, field: str, after: Any, source: str = "jira", **extra: Any) -> None:
        """Set a scalar, or put a value into a set field (``out=`` takes one out); what changes nothing is no event."""
        name = FieldName(field)
        values = self._items[source, id_]
        out = extra.pop("out", None)
        if name in SET_FIELDS:
            out, after = out if out in values[field] else None, None if after in values[field] else after
            if out is None and after is None:
                return
        elif after == values[field] and not extra.get("same_edit"):
            return
        if name in SET_FIELDS:
            before = out
            held = [v for v in values[field] if v != out]
            values[field] = tuple(held + ([after] if after is not None and after not in held else []))
        else:
            before, values[field] = values[field], after
        if extra.pop("same_edit", False):
            position = self._changes[-1].position + 1
        else:
            self._edits, position = self._edits + 1, 0
        self._changes.append(
            Change(
                source=source,
                item=id_,
                history=str(self._edits),
                position=position,
                at=when(at),
                author=extra.pop("author", "u1"),
                field=name,
                before=_text(before),
                after=_text(after),
                before_name=NAMES.get(before) if field == "status" else None,
                after_name=NAMES.get(after) if field == "status" else None,
            )
        )

    def join(self, id_: str, at: str | datetime, milestone: str, **extra: Any) -> None:
        self.change(id_, at, "milestones", milestone, **extra)

    def leave(self, id_: str, at: str | datetime, milestone: str, **extra: Any) -> None:
        self.change(id_, at, "milestones", None, out=milestone, **extra)

    def status(self, id_: str, at: str | datetime, status: str, **extra: Any) -> None:
        self.change(id_, at, "status", status, **extra)

    def link(self, id_: str, target: str, kind: str = "blocks", source: str = "jira", phrase: str = "blocks") -> None:
        number = f"L{len(self._links)}"
        self._links.append(
            Link(source=source, id=number, item=id_, target=target, kind=LinkKind(kind), type=kind, phrase=phrase)
        )

    def prove(self, source: str, status: str) -> None:
        certificate = {"status": status, "items_tracker": 1, "items_stored": 1, "changes_stored": 0, "tombstones": 0}
        self._sources[source] = SourceState(source, source, f"https://{source}.example", READ, certificate)

    def _source(self, source: str) -> None:
        self._sources.setdefault(source, SourceState(source, source.rstrip("2"), f"https://{source}.example", READ))

    def history(self) -> History:
        changes = sorted(self._changes, key=lambda c: (c.at, len(c.history), c.history, c.position))
        return History(
            items=tuple(self._item(values) for _, values in sorted(self._items.items())),
            changes=tuple(changes),
            milestones=tuple(self._milestones),
            links=tuple(self._links),
            people=tuple(Person(source=s, id="u1", name="Uma Bauer") for s in self._sources),
            statuses=tuple(
                StatusDefinition(source=s, id=id_, name=NAMES[id_], category=category)
                for s in self._sources
                for id_, category in CATEGORIES.items()
            ),
            observations=tuple(self._observations),
            sources=tuple(self._sources.values()),
        )

    def _item(self, values: dict[str, Any]) -> Item:
        own = [c.at for c in self._changes if (c.source, c.item) == (values["source"], values["id"])]
        flagged = values.get("flagged") in (True, "true")
        return Item(
            **{
                **values,
                "level": Level.EPIC if values["type"] == "Epic" else values["level"],
                "status_name": NAMES[values["status"]],
                "category": CATEGORIES[values["status"]],
                "flagged": flagged,
                "due": day(values.get("due")),
                "updated_at": max([values["created_at"], *own]),
            }
        )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
