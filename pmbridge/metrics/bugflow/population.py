"""Which bugs belong to a launch: those its users met, those found inside, and what was open before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Defect, Outcome
from pmbridge.metrics.bugflow.duplicates import roots
from pmbridge.metrics.bugflow.imports import imported


@dataclass(frozen=True, slots=True)
class Population:
    """The bugs of one launch.

    ``reports`` are what users met, every duplicate among them; ``defects`` the troubles behind them, without those
    that were ``known_before`` the launch. ``internal`` are finds of one's own after it, ``inherited`` what was open at
    it, ``returned`` older bugs that were closed then and opened again later. ``left_out`` lists keys by the reason why
    they are counted nowhere. ``mixed`` counts reports that name several launched releases, ``by_date`` those that
    name none and belong here by their date alone.
    """

    reports: tuple[Bug, ...] = ()
    defects: tuple[Defect, ...] = ()
    internal: tuple[Bug, ...] = ()
    inherited: tuple[Bug, ...] = ()
    returned: tuple[Bug, ...] = ()
    known_before: int = 0
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mixed: int = 0
    by_date: int = 0


@dataclass(slots=True)
class _Draft:
    reports: list[Bug] = field(default_factory=list)
    internal: list[Bug] = field(default_factory=list)
    inherited: list[Bug] = field(default_factory=list)
    returned: list[Bug] = field(default_factory=list)
    left_out: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    mixed: int = 0
    by_date: int = 0


class _Releases:
    """The launched releases in order of time."""

    def __init__(self, launches: Mapping[str, datetime], as_of: datetime) -> None:
        placed = sorted((at, key) for key, at in launches.items() if at <= as_of)
        self.instants = [at for at, _ in placed]
        self.keys = [key for _, key in placed]
        self._place = {key: place for place, key in enumerate(self.keys)}

    def in_force(self, t: datetime) -> str | None:
        """Return the release that users had at ``t``: the last one launched."""
        place = bisect_right(self.instants, t)
        return self.keys[place - 1] if place else None

    def launched(self, keys: Iterable[str], t: datetime) -> list[str]:
        """Return those releases that had been launched at ``t``, the last one last."""
        places = sorted(self._place[key] for key in keys if key in self._place)
        return [self.keys[place] for place in places if self.instants[place] <= t]

    def within(self, begin: datetime, end: datetime | None) -> list[str]:
        """Return the releases launched in (begin, end)."""
        stop = len(self.keys) if end is None else bisect_left(self.instants, end)
        return self.keys[bisect_right(self.instants, begin) : stop]


def populations(
    bugs: Sequence[Bug],
    launches: Mapping[str, datetime],
    duplicates: Iterable[tuple[ItemId, ItemId]],
    as_of: datetime,
) -> dict[str, Population]:
    """Give every bug to the launch it belongs to, for all launched releases at once.

    A bug belongs to the latest launched release that it, or what it is a duplicate of, names; one that users met and
    that names none, to the release in force when it was written. Without either it is a find of one's own, unless it is
    planned for another release.
    """
    releases = _Releases(launches, as_of)
    drafts = {key: _Draft() for key in releases.keys}
    bulk = imported(bugs)
    by_id = {bug.id: bug for bug in bugs}
    above = roots(duplicates, by_id)
    for bug in bugs:
        reason = _unusable(bug, bulk, as_of)
        if reason is not None:
            at_work = releases.in_force(bug.created_at)
            if at_work is not None:
                drafts[at_work].left_out[reason].append(bug.key)
            continue
        if bug.is_report:
            _place(bug, bug.affects or by_id[above.get(bug.id, bug.id)].affects, releases, drafts)
        _inherit(bug, releases, drafts)
    return {key: _finish(draft, launches[key], above, by_id) for key, draft in drafts.items()}


def _unusable(bug: Bug, bulk: frozenset[ItemId], as_of: datetime) -> str | None:
    if bug.created_at > as_of:
        return "created in the future"
    if bug.fault is not None:
        return bug.fault
    if bug.outcome is Outcome.NOT_A_BUG:
        return "closed as no bug"
    return "imported in bulk: the day it was met is not known" if bug.id in bulk else None


def _place(bug: Bug, affects: frozenset[str], releases: _Releases, drafts: Mapping[str, _Draft]) -> None:
    named = releases.launched(affects, bug.created_at)
    if named:
        draft = drafts[named[-1]]
        draft.reports.append(bug)
        draft.mixed += len(named) > 1
        return
    at_work = releases.in_force(bug.created_at)
    if at_work is None or affects:
        return
    if bug.from_customers:
        drafts[at_work].reports.append(bug)
        drafts[at_work].by_date += 1
    elif bug.members <= {at_work}:
        drafts[at_work].internal.append(bug)


def _inherit(bug: Bug, releases: _Releases, drafts: Mapping[str, _Draft]) -> None:
    older = False
    for begin, end in bug.open_intervals:
        for key in releases.within(begin, end):
            drafts[key].inherited.append(bug)
        if older:
            at_work = releases.in_force(begin)
            if at_work is not None and at_work != releases.in_force(bug.created_at):
                drafts[at_work].returned.append(bug)
        older = True


def _finish(
    draft: _Draft, launched_at: datetime, above: Mapping[ItemId, ItemId], by_id: Mapping[ItemId, Bug]
) -> Population:
    clusters: defaultdict[ItemId, list[Bug]] = defaultdict(list)
    for report in draft.reports:
        clusters[above.get(report.id, report.id)].append(report)
    defects, known = [], 0
    for root, reports in clusters.items():
        defect = _united(by_id[root], reports)
        reason = _no_defect(defect)
        if reason is not None:
            draft.left_out[reason].append(defect.root.key)
        elif defect.arrived_at < launched_at:
            known += 1
        elif defect.root.is_defect:
            defects.append(defect)
    counted = {report.id for defect in defects for report in defect.reports}
    return Population(
        reports=tuple(sorted(draft.reports, key=lambda bug: (bug.created_at, bug.id))),
        defects=tuple(sorted(defects, key=lambda defect: (defect.arrived_at, defect.root.id))),
        internal=tuple(bug for bug in draft.internal if bug.id not in counted and bug.id not in above),
        inherited=tuple(draft.inherited),
        returned=tuple(draft.returned),
        known_before=known,
        left_out={reason: tuple(keys) for reason, keys in sorted(draft.left_out.items())},
        mixed=draft.mixed,
        by_date=draft.by_date,
    )


def _united(root: Bug, reports: Iterable[Bug]) -> Defect:
    together = {bug.id: bug for bug in (root, *reports)}
    ordered = sorted(together.values(), key=lambda bug: (bug.created_at, bug.id))
    return Defect(root, tuple(ordered), ordered[0].created_at)


def _no_defect(defect: Defect) -> str | None:
    """Say why a cluster of reports is no defect at all."""
    if defect.root.outcome is Outcome.NOT_A_BUG:
        return "closed as no bug"
    if len(defect.reports) == 1 and defect.root.outcome is Outcome.DUPLICATE:
        return "closed as a duplicate of something unknown"
    return None
