"""Taking away what we wrote into the trackers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pmbridge.assessment import Assessment
from pmbridge.connector import Action, Place, Step
from pmbridge.jobs.desired import desired, every_place, place_of
from pmbridge.jobs.installation import Installation
from pmbridge.jobs.observing import observe
from pmbridge.jobs.remembering import receipt, remembered_places
from pmbridge.store.ledger import append_receipts
from pmbridge.writeback.apply import Outcome, Row
from pmbridge.writeback.memory import address
from pmbridge.writeback.plan import Plan
from pmbridge.writeback.remove import removals


def removal_plan(
    installation: Installation,
    assessments: Sequence[Assessment],
    *,
    slot: str | None = None,
    sources: Sequence[str] = (),
    take_over: bool = False,
) -> Plan:
    """Decide what has to go so that no text of ours is left, remembered or not, published still or not any more."""
    wanted = {address(place): place for place in remembered_places(installation)}
    for assessment in assessments:
        for place in _places(installation, assessment):
            wanted.setdefault(address(place), place)
    places = [p for p in wanted.values() if slot in (None, p.slot) and (not sources or p.target.source in sources)]
    steps = tuple(removals(observe(installation.connectors, places), take_over=take_over))
    return Plan(owner=installation.settings.owner, made_at=max(a.as_of for a in assessments), steps=steps)


def _places(installation: Installation, assessment: Assessment) -> Iterator[Place]:
    """Yield what is published and, beside it, every place where its tracker can show a text of ours."""
    rules = installation.settings.products[assessment.product].publish
    yield from (place_of(wanted.artifact) for wanted in desired(assessment, rules, installation.mask))
    for place in every_place(assessment):
        connector = installation.connectors.get(place.target.source)
        if connector is not None and (place.surface, place.target.kind) in connector.capabilities:
            yield place


def forget_lost(
    installation: Installation, plan: Plan, *, run_id: str, at: datetime, sources: Sequence[str] = ()
) -> int:
    """Forget remembered texts that are not there any more, once a removal has looked; tell how many those were."""
    looked_at = {address(step.place) for step in plan.steps}
    lost = [
        place
        for place in remembered_places(installation)
        if address(place) not in looked_at and (not sources or place.target.source in sources)
    ]
    rows = [Row(Step(place=place, action=Action.DELETE, reason="was gone"), Outcome.DONE) for place in lost]
    with installation.store.write() as conn:
        append_receipts(conn, [receipt(row, run_id, at, installation.mask) for row in rows])
    return len(lost)
