"""Which bugs came so soon after a change of their component that the change is under suspicion."""

from __future__ import annotations

from collections import defaultdict

import numpy

from pmbridge.assess.bugs.witnesses import Witnesses
from pmbridge.assess.bugs.words import component
from pmbridge.assess.reading import Reading
from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import DAY
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model.instants import to_micros

#: A deployment is under suspicion for so many days.
SUSPECT_DAYS = 7


def soon_after(bugs: BugColumns, reading: Reading, witnesses: Witnesses) -> Flags:
    """Tell which bugs were met in a component within a week of a deployment that brought a change of it to users."""
    found = numpy.zeros(len(bugs), numpy.bool_)
    changed = _changed(reading, witnesses)
    for name, own in bugs.component.parts() if changed else ():
        at = numpy.array(sorted(changed.get(name or "", ())), numpy.int64)
        last = numpy.append(at, -NEVER)[numpy.searchsorted(at, bugs.created[own], side="right") - 1]
        found[own] = bugs.created[own] - numpy.maximum(last, -(NEVER // 2)) <= SUSPECT_DAYS * DAY
    return found


def _changed(reading: Reading, witnesses: Witnesses) -> defaultdict[str, set[int]]:
    """Return when each component got a change that users have, by the component of the work it was made for."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for life in reading.lives if witnesses.fixes else ():
        name = component(life.item)
        for merged in witnesses.fixes.get(life.item.key, ()) if name else ():
            reached = witnesses.carriers.reached(merged)
            if name and reached is not None:
                found[name].add(to_micros(reached))
    return found
