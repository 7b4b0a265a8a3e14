"""A made-up organisation of any size, page by page: consistent rows, always the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any

from pmbridge.connector import Page, Reference
from pmbridge.model import (
    Change,
    FieldName,
    Item,
    Milestone,
    MilestoneKind,
    MilestoneState,
    Person,
    StatusCategory,
    StatusDefinition,
    trusted_change,
)

SOURCE = "jira"
BEGIN = datetime(2024, 1, 1, 9, tzinfo=UTC)
DAYS = 700
END = BEGIN + timedelta(days=DAYS)
MILESTONES = 12
#: As many items as a tracker hands over at once.
PAGE = 100
STATUSES = {"1": ("To Do", StatusCategory.TODO), "2": ("In Progress", StatusCategory.ACTIVE)}
STATUSES |= {"3": ("Done", StatusCategory.DONE)}
_NOISE = (FieldName.DESCRIPTION, FieldName.PRIORITY, FieldName.ASSIGNEES, FieldName.LABELS, FieldName.TITLE)
_STORY = "As a customer I want to see what became of my order, so that I need not ask for it by telephone. "
_GIVEN = set(Item.model_fields)
_DEFAULTS = {name: field.default for name, field in Item.model_fields.items()}


@dataclass(frozen=True, slots=True)
class Organisation:
    """So many projects of so many items each, the first of another size, with so many changes an item.

    With ``payloads`` every item brings what a tracker would have answered, in its usual size.
    """

    projects: int
    items: int
    changes: int = 10
    first: int | None = None
    payloads: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of the projects."""
        return tuple(f"P{n}" for n in range(self.projects))

    def count(self, project: int) -> int:
        """Return how many items a project has."""
        return self.items if project or self.first is None else self.first

    @property
    def total(self) -> int:
        """How many items all projects have together."""
        return sum(map(self.count, range(self.projects)))

    def pages(self, project: int, *, items: int | None = None, later: int = 0) -> Iterator[Page]:
        """Yield the pages of a project; ``later`` changes more an item make an increment of it."""
        count = self.count(project) if items is None else items
        for start in range(0, count, PAGE):
            yield self._page(project, range(start, min(start + PAGE, count)), later)

    def reference(self) -> Reference:
        """Return statuses, people and the milestones of every project."""
        return Reference(
            statuses=tuple(StatusDefinition(source=SOURCE, id=i, name=n, category=c) for i, (n, c) in STATUSES.items()),
            people=tuple(Person(source=SOURCE, id=f"u{n}", name=f"Person {n}") for n in range(50)),
            milestones=tuple(_milestone(p, n) for p in range(self.projects) for n in range(MILESTONES)),
        )

    def _page(self, project: int, numbers: range, later: int) -> Page:
        made = [_item(project, n, self.changes, later) for n in numbers]
        return Page.model_construct(
            items=tuple(item for item, _ in made),
            changes=tuple(change for _, own in made for change in own),
            raw={item.id: _payload(item, own) for item, own in made} if self.payloads else {},
            whole_worklogs=tuple(item.id for item, _ in made),
        )


#: A million items with ten million changes in 500 projects, the first of them with 20,000 items.
FULL = Organisation(projects=500, items=1964, changes=10, first=20_000)


def _milestone(project: int, n: int) -> Milestone:
    begin, end = (BEGIN + timedelta(days=DAYS / MILESTONES * (n + k)) for k in (0, 1))
    released = n < MILESTONES - 2
    return Milestone(
        source=SOURCE,
        id=f"version:{project}-{n}",
        native_id=f"{project}-{n}",
        kind=MilestoneKind.VERSION,
        project=f"P{project}",
        title=f"1.{n}",
        state=MilestoneState.RELEASED if released else MilestoneState.OPEN,
        start=begin.date(),
        due=end.date(),
        released_at=end if released else None,
    )


Event = tuple[datetime, FieldName, str | None, str | None]
#: As many lives are drawn; the next item has the life of the first again. Drawing takes longer than storing.
LIVES = 5000
#: What every item would otherwise look up again, and slowly.
_MILESTONES, _POINTS, _STATUS, _TITLE = FieldName.MILESTONES, FieldName.POINTS, FieldName.STATUS, FieldName.TITLE


@cache
def _life(number: int, count: int) -> tuple[datetime, tuple[Event, ...]]:
    """Draw a life: four changes matter, the others are what trackers also record."""
    chance = random.Random(number)
    span, place = DAYS / MILESTONES, chance.randrange(MILESTONES)
    created = BEGIN + timedelta(days=max(0.0, span * (place + chance.uniform(-0.5, 0.5))))
    active = created + timedelta(days=chance.uniform(0, span / 2))
    done = active + timedelta(days=chance.expovariate(1 / 8))
    drawn = [
        (created + timedelta(hours=chance.uniform(0, 72)), _MILESTONES, str(place)),
        (created + timedelta(hours=chance.uniform(0, 72)), _POINTS, str(chance.choice((1, 2, 3, 5)))),
        (active, _STATUS, "2"),
        (done, _STATUS, "3"),
    ]
    for _ in range(count - len(drawn)):
        at = created + timedelta(days=chance.uniform(0, span))
        drawn.append((at, chance.choice(_NOISE), f"v{chance.randrange(9)}"))
    last: dict[FieldName, str] = {_STATUS: "1"}
    events: list[Event] = []
    for at, field, new in sorted(drawn, key=itemgetter(0)):
        events.append((at, field, last.get(field), new))
        last[field] = new
    return created, tuple(events)


def _item(project: int, n: int, count: int, later: int) -> tuple[Item, list[Change]]:
    created, life = _life(n % LIVES, count)
    events = [
        (at, f, old, f"version:{project}-{new}") if f is _MILESTONES else (at, f, old, new) for at, f, old, new in life
    ]
    title = next((new for _, field, _, new in reversed(life) if field is _TITLE), None)
    events += [(END + timedelta(hours=k), _TITLE, f"t{k}" if k else title, f"t{k + 1}") for k in range(later)]
    last = {field: after for _, field, _, after in events}
    status = last.get(_STATUS) or "1"
    name, category = STATUSES[status]
    id_ = f"{project}{n:06}"
    values = _DEFAULTS | {
        "source": SOURCE,
        "id": id_,
        "key": f"P{project}-{n}",
        "project": f"P{project}",
        "url": f"https://jira.example/browse/P{project}-{n}",
        "title": f"Item {n}",
        "type": "Bug" if n % 7 == 0 else "Story",
        "status": status,
        "status_name": name,
        "category": category,
        "created_at": created,
        "updated_at": events[-1][0],
        "author": f"u{n % 50}",
        "milestones": (last[_MILESTONES],),
        "points": float(last[_POINTS] or 0),
        "description": _STORY * 5,
    }
    return Item.model_construct(_fields_set=_GIVEN, **values), [_change(id_, k, e) for k, e in enumerate(events)]


def _change(item: str, place: int, event: Event) -> Change:
    at, field, before, after = event
    names = [STATUSES[v][0] if v and field is _STATUS else None for v in (before, after)]
    return trusted_change(SOURCE, item, f"{item}{place:02}", 0, at, f"u{place}", field, before, after, *names)


def _payload(item: Item, changes: list[Change]) -> dict[str, Any]:
    """Make up what a tracker would have answered: most of it is never looked at."""
    author = {"accountId": item.author, "displayName": f"Person {item.author}", "active": True, "timeZone": "UTC"}
    fields = {f"customfield_{n}": None for n in range(10_000, 10_030)}
    histories = [
        {"id": c.history, "created": str(c.at), "items": [{"field": c.field, "from": c.before, "to": c.after}]}
        for c in changes
    ]
    return {
        "id": item.id,
        "key": item.key,
        "self": item.url,
        "fields": {"summary": item.title, "description": item.description, "reporter": author, **fields},
        "changelog": {"histories": histories},
    }
