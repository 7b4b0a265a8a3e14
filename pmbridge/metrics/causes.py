"""What keeps a milestone from being on time: each cause weighed by the chance that it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pmbridge.assessment import Reason
from pmbridge.metrics import wording
from pmbridge.metrics.forecast import Target
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.schedule import Weighed

#: A cause that costs less than this chance is not worth a reader's time.
WORTH_SAYING = 0.02
_RECENT_WEEKS = 4
_MOST_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class Suspects:
    """Open items, by key, that may stand in the way: those added since the baseline, and those that are blocked."""

    added: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


def cost_of(items: int, outlook: Outlook | None) -> float:
    """Chance of being on time that so many open items cost; 0 where there is no forecast."""
    if outlook is None or outlook.on_time is None or items == 0 or outlook.snapshot.days_to_due is None:
        return 0.0
    return max(0.0, outlook.without(items) - outlook.on_time)


def causes(outlook: Outlook, suspects: Suspects) -> tuple[Weighed, ...]:
    """List the causes worth saying, by what the forecast would be without each of them."""
    if outlook.on_time is None or outlook.snapshot.days_to_due is None:
        return ()
    found = (_blocked(outlook, suspects.blocked), _stalled(outlook, outlook.on_time), _growth(outlook))
    return tuple(one for one in found if one is not None and one.effect >= WORTH_SAYING)


def _blocked(outlook: Outlook, blocked: Sequence[str]) -> Weighed | None:
    if not blocked:
        return None
    several = len(blocked) > 1
    reason = Reason(
        rule="risks.blocked",
        measured=wording.count(len(blocked), "item"),
        threshold="0 items",
        text=f"{wording.count(len(blocked), 'open item')} {'are' if several else 'is'} blocked.",
        evidence=tuple(blocked[:_MOST_EVIDENCE]),
        remedy=f"Unblock {wording.listed(blocked)}.",
    )
    return Weighed(cost_of(len(blocked), outlook), reason)


def _stalled(outlook: Outlook, on_time: float) -> Weighed | None:
    """Weigh recent weeks without a finish against weeks as good as the others."""
    weekly = outlook.snapshot.weekly_finishes
    recent = weekly[-_RECENT_WEEKS:]
    empty, busy = recent.count(0), [n for n in weekly if n]
    if empty == 0 or not busy:
        return None
    usual = max(1, round(sum(busy) / len(busy)))
    filled = (*weekly[: len(weekly) - len(recent)], *(n or usual for n in recent))
    better = outlook.chance(replace(outlook.snapshot, weekly_finishes=filled))
    reason = Reason(
        rule="flow.no_finishes",
        measured=f"{empty} of the last {wording.count(len(recent), 'week')}",
        threshold="0 weeks",
        text=f"{wording.count(empty, 'week')} of the last {len(recent)} had no finishes.",
        remedy=f"Finish about {wording.count(usual, 'item')} a week again, as in other weeks.",
    )
    return Weighed(better - on_time, reason)


def _growth(outlook: Outlook) -> Weighed | None:
    """Weigh what is still expected to join: the gap between today's scope and a growing one."""
    if outlook.scopes is None or outlook.due is None:
        return None
    days = outlook.scopes.growth_cost_days(0.85)
    if days <= 0:
        return None
    left = outlook.due - outlook.day
    chances = (outlook.scopes.probability_within(target, left) for target in (Target.FROZEN, Target.GROWING))
    frozen, growing = chances
    reason = Reason(
        rule="forecast.scope_growth",
        measured=wording.count(days, "day"),
        threshold="0 days",
        text=f"Work that usually still joins costs {wording.count(days, 'day')} at 85 %.",
        remedy="Freeze the scope.",
    )
    return Weighed(frozen - growing, reason)


def strongest(reasons: Iterable[Weighed], most: int | None = 3) -> tuple[Reason, ...]:
    """Return the reasons with the largest effect, the largest first; equal ones by rule. ``None`` keeps all."""
    ordered = sorted(reasons, key=lambda one: (-round(one.effect, 9), one.reason.rule))
    return tuple(one.reason for one in ordered[:most])
