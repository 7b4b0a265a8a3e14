"""The roll-up from results of tests to the status of a requirement, and from requirements to the ones they refine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pmbridge.metrics.acceptance.requirement import Requirement, Status
from pmbridge.model import ExecutionStatus

_MEANS = {
    ExecutionStatus.PASS: Status.OK,
    ExecutionStatus.FAIL: Status.NOK,
    ExecutionStatus.UNKNOWN: Status.UNKNOWN,
}

#: From best to worst. A refinement nobody tests keeps its parent from being OK.
SEVERITY = {
    status: rank for rank, status in enumerate((Status.OK, Status.UNCOVERED, Status.UNKNOWN, Status.NOTRUN, Status.NOK))
}


def status_of(results: Iterable[ExecutionStatus]) -> Status:
    """Return a requirement's status from the results of its tests.

    Xray's rule: no test is UNCOVERED, any fail NOK, all passed OK; what was not run stands before the unknown.
    """
    return worst((_MEANS.get(result, Status.NOTRUN) for result in results), Status.UNCOVERED)


def worst(statuses: Iterable[Status], empty: Status) -> Status:
    """Return the worst of some statuses, or ``empty`` of none."""
    return max(statuses, key=SEVERITY.__getitem__, default=empty)


def rolled_up(requirements: Iterable[Requirement], own: Mapping[str, Status]) -> dict[str, Status]:
    """Let every requirement be as bad as its worst refinement; ``own`` are the statuses by its own tests.

    One that has refinements and no test of its own is covered by them. Parents in a ring are all as bad as the ring.
    """
    children: defaultdict[str, list[str]] = defaultdict(list)
    for one in requirements:
        if one.parent is not None and one.parent in own and one.parent != one.key:
            children[one.parent].append(one.key)
    return {key: _with_refinements(key, own, children) if key in children else own[key] for key in own}


def _with_refinements(key: str, own: Mapping[str, Status], children: Mapping[str, list[str]]) -> Status:
    seen, stack = {key}, [key]
    while stack:
        fresh = [one for one in children.get(stack.pop(), ()) if one not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    proven = (own[one] for one in seen if own[one] is not Status.UNCOVERED or one not in children)
    return worst(proven, Status.UNCOVERED)
