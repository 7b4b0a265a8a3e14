"""Reports of the same trouble united into defects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.bug import Outcome
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.metrics.bugflow.spells import Flags

NO_BUG = "closed as no bug"
STRAY = "closed as a duplicate of something unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """The defects behind some reports; ``no_defects`` are roots of clusters that are none, with the reason."""

    defects: Defects
    known_before: int
    no_defects: tuple[tuple[int, str], ...]


def clusters_of(columns: BugColumns, root: Whole, reports: Whole, launched: int) -> Clusters:
    """Unite the reports of one launch with their roots: ``root`` stands beside ``reports``.

    What was reported before the launch already is known, and what stands for a support ticket alone is no defect yet.
    """
    whole = _united(columns, root, reports)
    no_bug = whole.take(columns.is_outcome(Outcome.NOT_A_BUG))
    stray = ~no_bug & (whole.reports.lengths == 1) & whole.take(columns.is_outcome(Outcome.DUPLICATE))
    known = ~no_bug & ~stray & (whole.arrived < launched)
    found = whole.where(~no_bug & ~stray & ~known & whole.take(columns.is_defect))
    return Clusters(
        defects=found.where(by_age(columns, found.root, instants=found.arrived)),
        known_before=int(known.sum()),
        no_defects=tuple(_named(whole, root, no_bug, stray)),
    )


def _united(columns: BugColumns, root: Whole, reports: Whole) -> Defects:
    """Put every cluster together, each with its root, the first report first."""
    roots = numpy.unique(root)
    apart = roots[~numpy.isin(roots, reports)]
    members, whose = numpy.concatenate((reports, apart)), numpy.concatenate((root, apart))
    order = by_age(columns, members, within=whose)
    layout = Ragged.of(numpy.bincount(numpy.searchsorted(roots, whose), minlength=len(roots)))
    members = members[order]
    return Defects(columns, roots, layout, members, columns.created[members[layout.first[:-1]]])


def _named(whole: Defects, root: Whole, no_bug: Flags, stray: Flags) -> list[tuple[int, str]]:
    """Name the clusters that are no defects, in the order in which their reports stand."""
    reason = dict.fromkeys(whole.root[no_bug].tolist(), NO_BUG)
    reason |= dict.fromkeys(whole.root[stray].tolist(), STRAY)
    return [(place, reason[place]) for place in dict.fromkeys(root.tolist()) if place in reason] if reason else []


def by_age(columns: BugColumns, places: Whole, *, within: Whole | None = None, instants: Whole | None = None) -> Whole:
    """Order bugs by an instant, their creation unless given, then by id; ``within`` parts them before all else."""
    parts = numpy.zeros(len(places), numpy.int64) if within is None else within
    at = columns.created[places] if instants is None else instants
    order = numpy.lexsort((at, parts))
    same = (at[order][1:] == at[order][:-1]) & (parts[order][1:] == parts[order][:-1])
    edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], same.view(numpy.int8), [0]))))
    for begin, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        tied = [(columns.ids[places[one]], one) for one in order[begin : last + 1].tolist()]
        order[begin : last + 1] = [one for _, one in sorted(tied)]
    return order
