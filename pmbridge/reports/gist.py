"""What a reader takes from the texts on a milestone: the facts to the letter, the computed figures with some room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pmbridge.assessment import HealthStatus, MilestoneAssessment
from pmbridge.document import Gist, Measure, gist, plain_line
from pmbridge.reports.acceptance import verdict_counts
from pmbridge.reports.bug_actions import actions

#: So many days may a forecast drift before its text misleads.
DAYS = 7.0
#: So many points of 100 may a chance drift.
POINTS = 10.0


def comment_gist(milestone: MilestoneAssessment) -> Gist:
    """Tell what would have to change for the comment on a milestone's ticket to be written anew.

    Facts change only when somebody did something, or when the verdict or its strongest reason turns. Ages, measured
    values and the weaker reasons and risks move by themselves every day; they are told anew together with the rest.
    """
    facts = [*_standing(milestone), *_moved(milestone), *_verified(milestone), *_flowing(milestone)]
    return gist(facts, dict(_figures(milestone)))


def block_gist(milestone: MilestoneAssessment) -> Gist:
    """Tell the same of the block in a milestone's description, which has neither ledger nor gate nor bugs."""
    return gist([*_standing(milestone)], dict(_figures(milestone)))


def line_gist(milestone: MilestoneAssessment) -> Gist:
    """Tell the same of the one line, which names a colour, a count and two dates."""
    facts = [milestone.health.status, milestone.scope.done, milestone.scope.items, milestone.due]
    return gist(facts, {name: one for name, one in _figures(milestone) if name == "p85"})


def _standing(milestone: MilestoneAssessment) -> Iterator[Any]:
    health = milestone.health
    yield [milestone.title, milestone.state, milestone.start, milestone.due, milestone.launched_at]
    yield [health.status, health.override]
    yield next((r.rule for r in health.reasons), None) if health.status is not HealthStatus.GREEN else None
    yield milestone.scope.model_dump(mode="json")
    yield milestone.forecast.status


def _moved(milestone: MilestoneAssessment) -> Iterator[Any]:
    book = milestone.ledger
    yield [book.baseline_at, book.baseline, book.added, book.removed, book.now, book.residual]
    yield [[entry.change, entry.item, entry.delta] for entry in book.entries if entry.delta]


def _verified(milestone: MilestoneAssessment) -> Iterator[Any]:
    gate = milestone.acceptance
    if gate.requirements:
        # A verdict that the text holds back is no fact of it.
        told = gate.verdict if verdict_counts(milestone) else None
        yield [told, gate.decision, sum(one.met for one in gate.requirements), len(gate.requirements)]
        yield [gate.stale, sum(waiver.void is None for waiver in gate.waivers)]


def _flowing(milestone: MilestoneAssessment) -> Iterator[Any]:
    bugs = milestone.bugs
    if bugs.launched_at is not None and bugs.reports:
        yield [bugs.reports, bugs.defects, bugs.closed, bugs.reopened, bugs.backlog, bugs.stabilised_on]
        yield [plain_line(action) for action in actions(bugs)]


def _figures(milestone: MilestoneAssessment) -> Iterator[tuple[str, Measure]]:
    forecast = milestone.forecast
    if forecast.p85 is not None:
        yield "p85", Measure(value=forecast.p85.toordinal(), room=DAYS)
    if forecast.on_time_probability is not None and milestone.due is not None:
        yield "chance", Measure(value=round(100 * forecast.on_time_probability, 6), room=POINTS)
