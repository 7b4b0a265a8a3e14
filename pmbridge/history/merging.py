"""Which containers of which trackers are one milestone to the person who answers for it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType

from pmbridge.history.phases import MilestoneId
from pmbridge.model import Milestone, MilestoneKind, MilestoneState


@dataclass(frozen=True, slots=True)
class FaceName:
    """One container as a person names it: by the tracker's id or by its title."""

    source: str
    kind: MilestoneKind
    id: str | None = None
    title: str | None = None

    def names(self, milestone: Milestone) -> bool:
        """Tell whether this is the container meant."""
        if (self.source, self.kind) != (milestone.source, milestone.kind):
            return False
        if self.id is not None:
            return self.id in (milestone.id, milestone.native_id)
        return self.title is not None and normal_title(self.title) == normal_title(milestone.title)


@dataclass(frozen=True, slots=True)
class MergeRules:
    """Which containers count and which belong together.

    ``order`` lists ``(source, project)``, the system of record first. ``by_name`` unites equal titles; ``explicit``
    names, under a title, the containers that are one. ``include`` and ``exclude`` are patterns for titles.
    """

    kinds: frozenset[MilestoneKind] = frozenset({MilestoneKind.VERSION, MilestoneKind.MILESTONE})
    by_name: bool = True
    explicit: Mapping[str, tuple[FaceName, ...]] = field(default_factory=lambda: MappingProxyType({}))
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()

    def rank(self, milestone: Milestone) -> tuple[int, int]:
        """Return a container's place among the systems of record."""
        last = len(self.order)
        source = next((i for i, (s, _) in enumerate(self.order) if s == milestone.source), last)
        exact = (milestone.source, milestone.project)
        return source, next((i for i, entry in enumerate(self.order) if entry == exact), last)

    def admits(self, milestone: Milestone) -> bool:
        """Tell whether a container is of a wanted kind and title."""
        title = normal_title(milestone.title)
        included = any(fnmatchcase(title, normal_title(pattern)) for pattern in self.include)
        excluded = any(fnmatchcase(title, normal_title(pattern)) for pattern in self.exclude)
        return milestone.kind in self.kinds and included and not excluded


@dataclass(frozen=True, slots=True)
class MergedMilestone:
    """One milestone with all its faces, the system of record first.

    Dates are those of the first face that has any; a due date that is but the day of the release comes last.
    ``conflicts`` says in words where other faces disagree. ``ids`` are the containers its items may be in.
    It is released when any face is, closed when every face has ended, else open.
    """

    key: str
    title: str
    faces: tuple[Milestone, ...]
    start: date | None
    due: date | None
    state: MilestoneState
    released_at: datetime | None
    closed_at: datetime | None
    conflicts: tuple[str, ...] = ()
    ids: frozenset[MilestoneId] = frozenset()


def merge(milestones: Iterable[Milestone], rules: MergeRules | None = None) -> tuple[MergedMilestone, ...]:
    """Unite the faces of each milestone, ordered by due date, then start, then title."""
    rules = rules or MergeRules()
    wanted = sorted(
        (m for m in milestones if rules.admits(m)), key=lambda m: (rules.rank(m), len(m.id), m.id, m.project)
    )
    groups: defaultdict[str, list[Milestone]] = defaultdict(list)
    for milestone in wanted:
        groups[_group(milestone, rules)].append(milestone)
    keys = _Keys()
    merged = [_merged(keys, faces, rules) for faces in groups.values()]
    return tuple(sorted(merged, key=lambda m: (m.due or date.max, m.start or date.max, natural(m.title), m.key)))


def normal_title(title: str) -> str:
    """Write a title so that case, blanks and spellings of one character make no difference."""
    return " ".join(unicodedata.normalize("NFKC", title).split()).casefold()


@lru_cache(maxsize=65_536)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return what sorts titles as people do: 2.9 before 2.10."""
    parts = re.findall(r"\d+|\D+", text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def slug(title: str) -> str:
    """Write a title as one word for commands and addresses: ``Release 2.4 (web)`` is ``release-2.4-web``."""
    words = re.findall(r"[\w.]+", normal_title(title))
    return "-".join(word.strip(".") for word in words if word.strip(".")) or "milestone"


class _Keys:
    """Gives every milestone a slug of its own; of two equal ones the later gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, title: str) -> str:
        plain = slug(title)
        number, key = 1, plain
        while key in self._taken:
            number += 1
            key = f"{plain}-{number}"
        self._taken.add(key)
        return key


def _group(milestone: Milestone, rules: MergeRules) -> str:
    listed = _listed_title(milestone, rules)
    if listed is not None:
        return normal_title(listed)
    return normal_title(milestone.title) if rules.by_name else f"{milestone.source}\0{milestone.id}"


def _listed_title(milestone: Milestone, rules: MergeRules) -> str | None:
    return next((t for t, names in rules.explicit.items() if any(n.names(milestone) for n in names)), None)


def _merged(keys: _Keys, faces: Sequence[Milestone], rules: MergeRules) -> MergedMilestone:
    title = (_listed_title(faces[0], rules) or faces[0].title).strip()
    start, about_start = _agreed("start", [(face, face.start) for face in faces])
    planned = [face for face in faces if face.due is not None and not _overwritten(face)]
    due, about_due = _agreed("due", [(face, face.due) for face in planned or faces])
    state = _state(faces)
    return MergedMilestone(
        key=keys.take(title),
        title=title,
        faces=tuple(faces),
        start=start,
        due=due,
        state=state,
        released_at=next((f.released_at for f in faces if f.state is MilestoneState.RELEASED and f.released_at), None),
        closed_at=max((f.closed_at for f in faces if f.closed_at), default=None)
        if state is MilestoneState.CLOSED
        else None,
        conflicts=(*about_start, *about_due),
        ids=frozenset((face.source, face.id) for face in faces),
    )


def _overwritten(face: Milestone) -> bool:
    """Tell whether a due date may be the day of the release, where a tracker keeps one date for both."""
    one_date = face.kind is MilestoneKind.VERSION
    return one_date and face.released_at is not None and face.due == face.released_at.date()


def _agreed(name: str, dated: Sequence[tuple[Milestone, date | None]]) -> tuple[date | None, tuple[str, ...]]:
    """Take the first face's date that exists, and say which others differ from it."""
    known = [(face, day) for face, day in dated if day is not None]
    if not known:
        return None, ()
    chosen, value = known[0]
    others = [f"{day} in {face.source} {face.project}" for face, day in known[1:] if day != value]
    if not others:
        return value, ()
    text = f"{chosen.title}: {name} date is {value} in {chosen.source} {chosen.project}, but {', '.join(others)}."
    return value, (text,)


def _state(faces: Sequence[Milestone]) -> MilestoneState:
    states = {face.state for face in faces}
    if MilestoneState.RELEASED in states:
        return MilestoneState.RELEASED
    return MilestoneState.CLOSED if states == {MilestoneState.CLOSED} else MilestoneState.OPEN
