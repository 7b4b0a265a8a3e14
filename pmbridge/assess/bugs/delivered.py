"""Of which repairs something says when they reach users."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy

from pmbridge.assess.bugs.lives import Lives
from pmbridge.assess.bugs.witnesses import Witnesses
from pmbridge.history.chronicle import NEVER
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.launch import Launch
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model.instants import to_micros


def traced(
    bugs: BugColumns, whole: Lives, witnesses: Witnesses, launches: Mapping[str, Launch], as_of: datetime
) -> Flags:
    """Tell of which bugs something says when their repair reaches users.

    It is marked or known, was merged where deployments are known, or is planned for a milestone not launched since.
    """
    if witnesses.words.deployed:
        return numpy.ones(len(bugs), numpy.bool_)
    found: Flags = (bugs.deployed != NEVER) | witnesses.awaiting(bugs, whole, bugs.deployed)
    ended = numpy.where(bugs.is_open, to_micros(as_of), bugs.ended)
    for keys, own in bugs.members.parts():
        known = [to_micros(launches[key].at) for key in keys if key in launches]
        if len(known) < len(keys):
            found[own] = True
        elif known:
            found[own] |= max(known) >= ended[own]
    return found
