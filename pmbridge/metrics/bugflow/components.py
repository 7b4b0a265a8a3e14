"""How many defects each component has."""

from __future__ import annotations

from collections import Counter

import numpy

from pmbridge.metrics.bugflow.groups import Defects


def by_component(defects: Defects) -> Counter[str]:
    """Count defects by the component they are in; those in none are not counted."""
    component = defects.columns.component
    counts = numpy.bincount(defects.take(component.codes), minlength=len(component.kinds)).tolist()
    return Counter({name: n for name, n in zip(component.kinds, counts, strict=True) if name and n})
