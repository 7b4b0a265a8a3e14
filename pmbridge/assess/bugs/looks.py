"""What is asked of items by their words, asked once of each distinct look."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.model import Item


class Look(NamedTuple):
    """The words of an item by which it is a bug, a report, in a component; many items look alike."""

    source: str
    project: str
    type: str
    labels: tuple[str, ...]
    components: tuple[str, ...]
    affects: tuple[str, ...]
    resolution: str | None
    customer_facing: bool


_READ = itemgetter(*Look._fields)


def looks(items: Iterable[Item]) -> Coded[Look]:
    """Return how items look now."""
    found = Coded.of(map(_READ, map(vars, items)))
    return Coded(found.codes, tuple(map(Look._make, found.kinds)))
