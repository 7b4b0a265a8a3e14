"""Real milestone histories as numbers, each forecast part of the way, with what happened beside it.

The folder of series is taken from ``PMBRIDGE_BACKTEST``; without it, ``shared/data/backtest`` beside the checkout.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmbridge.metrics.forecast import PastMilestone, Snapshot, Target
from pmbridge.metrics.replay import (
    FinishRule,
    Member,
    MilestoneWindow,
    ReplayedMilestone,
    known_before,
    outcome_day,
    replay,
    snapshot_at,
    state_at,
)

CANCELLED = 2
MAX_LATENESS = 365
MONDAY = 4  # of a day number since 1970-01-01, modulo 7


@dataclass(frozen=True)
class Project:
    """One project of the back-test."""

    set: str
    number: int
    windows: tuple[MilestoneWindow, ...]

    @property
    def name(self) -> str:
        """How the project is named in tables."""
        return f"{self.set}/{self.number}"


@dataclass(frozen=True)
class Case:
    """One instant of one milestone: what a forecast may look at, and the days until what it asks for happened."""

    project: Project
    milestone: int
    target: Target
    snapshot: Snapshot
    past: tuple[PastMilestone, ...]
    own_finishes: int
    true_days: int
    window_days: int


def folder() -> Path:
    """Say where the back-test series are expected."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data" / "backtest"
    return Path(os.environ.get("PMBRIDGE_BACKTEST") or default)


def read_projects(where: Path) -> list[Project]:
    """Read every project of every series."""
    files = sorted(where.glob("*.jsonl.gz"))
    return [_project(json.loads(line)) for file in files for line in gzip.open(file, "rt", encoding="utf-8")]


def _project(record: Mapping[str, Any]) -> Project:
    items = {item[0]: item for item in record["items"]}
    rule = FinishRule(record["finish_rule"])
    windows = (_window(milestone, items, rule) for milestone in record["milestones"])
    return Project(record["set"], record["project"], tuple(windows))


def _window(milestone: Mapping[str, Any], items: Mapping[int, Any], rule: FinishRule) -> MilestoneWindow:
    start, declared = milestone["start"], bool(milestone["start_known"])
    members = (_member(items[item], added, removed) for item, added, removed in milestone["members"])
    return MilestoneWindow(
        rule=rule,
        members=tuple(member for member in members if member is not None),
        start=start if declared else None,
        hindsight_start=None if declared else start,
        finish=milestone["finish"],
        dues=() if milestone["due"] is None else ((start, milestone["due"]),),
    )


def _member(item: list[Any], added: int, removed: int | None) -> Member | None:
    _, flags, created, _, done = item
    if flags & CANCELLED and done:
        removed = done[0][0] if removed is None else min(removed, done[0][0])
        done = []
    if removed is not None and removed <= added:
        return None
    return Member(added, removed, tuple((a, b) for a, b in done), created)


def cases(projects: Iterable[Project], target: Target, *, mondays: bool = False) -> Iterator[Case]:
    """Look at every scorable milestone part of the way, or every Monday of its window."""
    for project in projects:
        replayed = replay(project.windows, target)
        for number, milestone in enumerate(replayed):
            if _is_scorable(milestone.window):
                for day in _mondays(milestone) if mondays else [state.day for state in milestone.states]:
                    yield from _case(project, number, milestone.window, day, replayed, target)


def _is_scorable(window: MilestoneWindow) -> bool:
    finish = window.finish
    due = None if finish is None else window.due_at(finish)
    return finish is not None and (due is None or finish - due <= MAX_LATENESS)


def _mondays(milestone: ReplayedMilestone) -> list[int]:
    first = milestone.finish if milestone.window.opening is None else milestone.window.opening
    return [day for day in range(first, milestone.finish) if day % 7 == MONDAY]


def _case(
    project: Project,
    number: int,
    window: MilestoneWindow,
    day: int,
    replayed: tuple[ReplayedMilestone, ...],
    target: Target,
) -> Iterator[Case]:
    state = state_at(window, day)
    end = outcome_day(window, state, target)
    if end is not None:
        yield Case(
            project=project,
            milestone=number,
            target=target,
            snapshot=snapshot_at(window, day, project.windows),
            past=known_before(replayed, day),
            own_finishes=len(state.finish_days),
            true_days=end - day,
            window_days=window.length or 1,
        )
