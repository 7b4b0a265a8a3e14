"""What is different between two gates of one milestone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from pmbridge.assessment import Acceptance, GateRule, Requirement, SinceLast

#: More changes than this are counted rather than told.
MOST = 20


def since_last(now: Acceptance, before: Acceptance, as_of: datetime) -> SinceLast:
    """Compare a gate with the one of the last assessment: rules first, then requirements."""
    found = [*_rules(now, before), *_requirements(now, before)]
    more = [f"and {len(found) - MOST} more changes"] if len(found) > MOST else []
    return SinceLast(verdict=before.verdict, as_of=as_of, changes=(*found[:MOST], *more))


def _rules(now: Acceptance, before: Acceptance) -> Iterator[str]:
    then: Mapping[str, GateRule] = {rule.rule: rule for rule in before.rules}
    for rule in now.rules:
        if rule.rule in then and then[rule.rule].status != rule.status:
            yield f"{rule.rule}: {then[rule.rule].status} → {rule.status}"


def _requirements(now: Acceptance, before: Acceptance) -> Iterator[str]:
    then: Mapping[str, Requirement] = {one.item: one for one in before.requirements}
    for one in now.requirements:
        if one.item not in then:
            yield f"{one.item}: new, {_state(one)}"
        elif _state(then[one.item]) != _state(one):
            yield f"{one.item}: {_state(then[one.item])} → {_state(one)}"
    current = {one.item for one in now.requirements}
    yield from (f"{key}: left the milestone" for key in then if key not in current)


def _state(one: Requirement) -> str:
    return f"{one.status}, stale" if one.fresh is False else one.status
