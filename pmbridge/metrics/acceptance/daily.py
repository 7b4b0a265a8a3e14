"""How many requirements were proven at the end of each day, recomputed from what was known by then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy
from numpy.typing import NDArray

from pmbridge.history.micros import all_micros
from pmbridge.metrics.acceptance.requirement import Priority, Requirement, Status
from pmbridge.metrics.acceptance.results import FINAL, RANK
from pmbridge.metrics.acceptance.rollup import SEVERITY, status_of
from pmbridge.metrics.acceptance.standing import Proof
from pmbridge.model import Execution, ExecutionStatus
from pmbridge.model.instants import to_micros

_OK, _NOTRUN, _UNCOVERED = SEVERITY[Status.OK], SEVERITY[Status.NOTRUN], SEVERITY[Status.UNCOVERED]
_SEVERITY_OF = {status: SEVERITY[status_of([status])] for status in ExecutionStatus}
#: What a test that was not there yet counts for: nothing.
_ABSENT = -1
_NEVER = -(2**62)

Days = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """A requirement over time: when it was in scope, half-open, and when its normative text changed."""

    requirement: Requirement
    stays: Sequence[tuple[datetime, datetime | None]]
    text_changes: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Daily:
    """Requirements in scope by status at the end of each day; the statuses and ``stale`` add up to the scope.

    ``joined`` and ``left`` count what came in and went out since the day before. ``musts`` says which must-haves were
    met, one row for each requirement and 0 for all others; ``unmet`` counts those that were not.
    """

    counts: Mapping[Status, tuple[int, ...]]
    stale: tuple[int, ...]
    joined: tuple[int, ...]
    left: tuple[int, ...]
    musts: Days
    unmet: tuple[int, ...]

    @property
    def scope(self) -> tuple[int, ...]:
        """How many requirements there were."""
        return tuple(map(sum, zip(self.stale, *self.counts.values(), strict=True)))


def daily(
    watched: Sequence[Watched],
    proofs: Sequence[Proof],
    covers: Mapping[tuple[str, str], Sequence[str]],
    ends: Sequence[datetime],
) -> Daily:
    """Count at every instant of ``ends``, in order.

    A pass is stale by the change of a text and by age, as in `Freshness`; which build would be launched on a past day
    nobody knows any more. Quarantine counts for all days.
    """
    instants = all_micros(ends)
    place = {one.requirement.key: row for row, one in enumerate(watched)}
    texts = numpy.stack([_latest(map(to_micros, w.text_changes), instants) for w in watched])
    status = numpy.full((len(watched), len(ends)), _ABSENT, numpy.int8)
    proven = status.copy()
    for proof in proofs:
        rows = [place[key] for key in covers.get((proof.test.source, proof.test.id), ()) if key in place]
        if rows:
            plain, doubted = _of_test(proof, instants, texts[rows])
            status[rows] = numpy.maximum(status[rows], plain)
            proven[rows] = numpy.maximum(proven[rows], doubted)
    present = numpy.stack([_present(w.stays, instants) for w in watched])
    return _counted(watched, _rolled_up(watched, status, present), _rolled_up(watched, proven, present), present)


def _latest(events: Iterable[int], instants: Days) -> Days:
    """Return the last event at or before each instant."""
    known = numpy.array(sorted([_NEVER, *events]), numpy.int64)
    return known[numpy.searchsorted(known, instants, side="right") - 1]


def _present(stays: Sequence[tuple[datetime, datetime | None]], instants: Days) -> Days:
    inside = numpy.zeros(len(instants), bool)
    for since, until in stays:
        inside |= (instants >= to_micros(since)) & (True if until is None else instants < to_micros(until))
    return inside


def _of_test(proof: Proof, instants: Days, texts: Days) -> tuple[Days, Days]:
    """Return a test's severity, and the same with stale passes taken for not run, for each requirement and day."""
    required = bool(proof.reading.environments)
    cells = [_cell(rows, required, instants) for rows in _environments(proof)]
    ran = [to_micros(row.at) for row in proof.executions]
    created = to_micros(proof.test.created_at) if proof.test.created_at else min(ran, default=_NEVER)
    exists = instants >= created
    plain = numpy.full(texts.shape, _ABSENT, numpy.int8)
    doubted = plain.copy()
    quarantined = (proof.test.source, proof.test.id) in proof.reading.quarantined
    if cells and not quarantined:
        plain[:] = numpy.max([severity for severity, _ in cells], axis=0)
        doubted[:] = numpy.max([_doubted(*cell, proof, instants, texts) for cell in cells], axis=0)
    return _where_there(exists, plain), _where_there(exists, doubted)


def _where_there(exists: Days, severity: Days) -> Days:
    """Take a test that is there and has no result for one that was not run."""
    return numpy.where(exists, numpy.where(severity == _ABSENT, _NOTRUN, severity), _ABSENT)


def _environments(proof: Proof) -> list[list[Execution]]:
    """Sort executions into the environments that count, each by what decides."""
    found: dict[str | None, list[Execution]] = {name: [] for name in proof.reading.environments}
    for row in proof.executions:
        name = row.environment or proof.reading.unnamed
        if name in found or not proof.reading.environments:
            found.setdefault(name, []).append(row)
    return [sorted(rows, key=lambda row: (row.at, RANK[row.status], row.id)) for rows in found.values()]


def _cell(rows: Sequence[Execution], required: bool, instants: Days) -> tuple[Days, Days]:
    """Return the severity of the deciding execution of one environment, and its instant, for each day.

    Before the first one an environment is not known, unless it is required: then it was not run.
    """
    final = [row for row in rows if row.status in FINAL]
    ats = numpy.array([_NEVER, *(to_micros(row.at) for row in final)], numpy.int64)
    severities = numpy.array([_NOTRUN, *(_SEVERITY_OF[row.status] for row in final)], numpy.int8)
    last = numpy.searchsorted(ats, instants, side="right") - 1
    known = required or instants >= to_micros(rows[0].at)
    return numpy.where(known, severities[last], numpy.int8(_ABSENT)), ats[last]


def _doubted(severity: Days, at: Days, proof: Proof, instants: Days, texts: Days) -> Days:
    limit = round(proof.reading.freshness.max_age.total_seconds() * 1_000_000)
    changed = [] if proof.test.changed_at is None else [to_micros(proof.test.changed_at)]
    old = (instants - at > limit) | (_latest(changed, instants) > at)
    stale = (severity == _OK) & (old | (texts > at))
    return numpy.where(stale, numpy.int8(_NOTRUN), severity)


def _rolled_up(watched: Sequence[Watched], own: Days, present: Days) -> Days:
    """Let every requirement be as bad as its worst refinement in scope, as `rolled_up` does for one instant."""
    place = {one.requirement.key: row for row, one in enumerate(watched)}
    children: dict[int, list[int]] = {}
    for row, one in enumerate(watched):
        parent = place.get(one.requirement.parent) if one.requirement.parent is not None else None
        if parent is not None and parent != row:
            children.setdefault(parent, []).append(row)
    own = numpy.where(own == _ABSENT, numpy.int8(_UNCOVERED), own)
    found = own.copy()
    for row in children:
        reached = _reached(row, children, present)
        worst = numpy.max([_spoken(own[one], one, reached[one], children, present) for one in reached], axis=0)
        found[row] = numpy.where(worst == _ABSENT, numpy.int8(_UNCOVERED), worst)
    return found


def _reached(root: int, children: Mapping[int, list[int]], present: Days) -> dict[int, Days]:
    """Return the days on which each refinement hangs on the root, through others in scope."""
    reached, queue = {root: numpy.ones(present.shape[1], bool)}, [root]
    for one in queue:
        for child in children.get(one, ()):
            if child not in reached:
                reached[child] = reached[one] & present[child]
                queue.append(child)
    return reached


def _spoken(own: Days, one: int, reached: Days, children: Mapping[int, list[int]], present: Days) -> Days:
    """Leave out what is not in scope, and what is covered by its refinements alone."""
    refined = numpy.zeros(own.shape, bool)
    for child in children.get(one, ()):
        refined |= present[child]
    return numpy.where(reached & ~((own == _UNCOVERED) & refined), own, numpy.int8(_ABSENT))


def _counted(watched: Sequence[Watched], status: Days, proven: Days, present: Days) -> Daily:
    met = (proven == _OK) & present
    stale = (status == _OK) & (proven != _OK) & present
    must = numpy.array([one.requirement.priority is Priority.MUST for one in watched])
    moves = numpy.diff(present.astype(numpy.int8), axis=1, prepend=present[:, :1].astype(numpy.int8))
    return Daily(
        counts={one: _sums(met if one is Status.OK else (status == rank) & present) for one, rank in SEVERITY.items()},
        stale=_sums(stale),
        joined=_sums(moves > 0),
        left=_sums(moves < 0),
        musts=met & must[:, None],
        unmet=_sums(present & ~met & must[:, None]),
    )


def _sums(marks: Days) -> tuple[int, ...]:
    return tuple(int(n) for n in marks.sum(axis=0))
