"""Days folded into weeks, so that the last week drawn is as long as every other."""

from __future__ import annotations

from collections.abc import Sequence

_WEEK = 7


def weeks(days: int, longest: int) -> Sequence[slice[int, int, None]]:
    """Part so many days: each by itself up to ``longest`` of them, else into weeks.

    The last week ends with the days; where they are no whole weeks, the first one is shorter.
    """
    if days <= longest:
        return [slice(n, n + 1) for n in range(days)]
    first = days % _WEEK
    edges = [0, *range(first, days, _WEEK)] if first else range(0, days, _WEEK)
    return [slice(begin, end) for begin, end in zip(edges, [*edges[1:], days], strict=True)]


def told(days: int, longest: int) -> str:
    """Say how days are folded, for the words beside a picture."""
    if days <= longest:
        return ""
    first = days % _WEEK
    short = f" (the first one has {first} {'day' if first == 1 else 'days'})" if first else ""
    return f", by week up to today{short}"
