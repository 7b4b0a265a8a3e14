"""The verdict on a milestone: one colour from its dimensions, with the strongest reasons and the cheapest remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pmbridge.assessment import Dimension, Health, HealthStatus, Override, Reason
from pmbridge.metrics.causes import strongest
from pmbridge.metrics.schedule import AMBER, GREEN, RED, UNKNOWN, Verdict, Weighed

#: The dimensions whose worst colour is the milestone's; any other that is red raises it to amber.
CORE = ("schedule", "quality", "budget")
_ORDER = (GREEN, AMBER, RED)
_MOST = 3


@dataclass(frozen=True, slots=True)
class Before:
    """What the last assessment said of this milestone, and when."""

    at: datetime
    health: Health


def overall(
    colours: Mapping[str, HealthStatus], *, ended: bool = False, required: Collection[str] = ("schedule",)
) -> HealthStatus:
    """Take the worst known colour of the core; other reds raise it to at least amber. Unknown is never green.

    While a ``required`` dimension is unknown nothing but red is known for sure: what is missing might be worse, so
    losing an input never makes a colour better. Of a milestone that has ended only the core is judged: the others were
    about getting there.
    """
    known = [colours[name] for name in CORE if colours.get(name, UNKNOWN) is not UNKNOWN]
    worst = max(known, key=_ORDER.index, default=UNKNOWN)
    if worst is not RED and any(colours.get(name, UNKNOWN) is UNKNOWN for name in required):
        return UNKNOWN
    other_red = not ended and any(colour is RED for name, colour in colours.items() if name not in CORE)
    return AMBER if other_red and worst in (GREEN, UNKNOWN) else worst


@dataclass(frozen=True, slots=True)
class Case:
    """The colours of all dimensions and what they come to; ``ended`` milestones are judged by their core alone."""

    verdicts: Mapping[str, Verdict]
    causes: tuple[Weighed, ...] = ()
    ended: bool = False
    required: frozenset[str] = frozenset({"schedule"})

    @property
    def status(self) -> HealthStatus:
        """The colour of the milestone."""
        colours = {name: verdict.status for name, verdict in self.verdicts.items()}
        return overall(colours, ended=self.ended, required=self.required)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The strongest reasons: the first of each side that is not green, the worst sides first, then by effect.

        Causes only count where the colour is not green.
        """
        heard = [v for name, v in self.verdicts.items() if name in CORE or not self.ended]
        worst = [self._first(heard, colour) for colour in self._worst]
        extra = () if self.status is GREEN else self.causes
        rest = strongest([*(one for verdict in heard for one in verdict.reasons), *extra], most=None)
        ranked = [*(reason for reasons in worst for reason in reasons), *rest]
        return tuple(one for place, one in enumerate(ranked) if one not in ranked[:place])[:_MOST]

    @property
    def _worst(self) -> tuple[HealthStatus, ...]:
        """Colours that must be argued, the worst first; before them what is unknown and must not be."""
        lost = any(self.verdicts[name].status is UNKNOWN for name in self.required & self.verdicts.keys())
        return (UNKNOWN, RED, AMBER) if lost else (RED, AMBER)

    @staticmethod
    def _first(heard: Iterable[Verdict], colour: HealthStatus) -> tuple[Reason, ...]:
        """Return the strongest reason of each side of a colour, by effect."""
        sides = [verdict.reasons for verdict in heard if verdict.status is colour and verdict.reasons]
        tops = (min(reasons, key=lambda one: (-round(one.effect, 9), one.reason.rule)) for reasons in sides)
        return strongest(tops, most=None)


def health(
    case: Case,
    missing: Mapping[str, str],
    sentence: str,
    remedy: str | None,
    as_of: datetime,
    before: Before | None = None,
    *,
    override: Override | None = None,
    unstable: bool = False,
) -> Health:
    """State a case; ``missing`` says what the unknown dimensions lack, ``remedy`` what the forecast advises.

    ``override`` is what a person says; it stands beside the computed colour and never replaces it.
    """
    status, reasons = case.status, (*_unknown(case, missing), *case.reasons)[:_MOST]
    if remedy is None and status is not GREEN:
        remedy = next((reason.remedy for reason in reasons if reason.remedy), None)
    since, previous = _turned(status, as_of, before)
    return Health(
        status=status,
        since=since,
        previous=previous,
        override=override,
        dimensions=tuple(_dimension(name, verdict, missing.get(name)) for name, verdict in case.verdicts.items()),
        reasons=reasons,
        sentence=sentence,
        remedy=remedy,
        unstable=unstable,
    )


def _unknown(case: Case, missing: Mapping[str, str]) -> Iterator[Reason]:
    """Yield what keeps a milestone from having a colour, where its dimension gives no reason itself."""
    if case.status is not UNKNOWN:
        return
    for name in sorted(case.required):
        verdict = case.verdicts.get(name)
        if verdict is not None and verdict.status is UNKNOWN and not verdict.reasons and name in missing:
            text = f"Without the {name} there is no colour: {missing[name]}."
            yield Reason(rule=f"{name}.unknown", measured="unknown", threshold="known", text=text)


def _dimension(name: str, verdict: Verdict, lacks: str | None) -> Dimension:
    texts = tuple(one.reason.text for one in verdict.reasons)
    unexplained = (lacks,) if lacks and verdict.status is UNKNOWN else ()
    return Dimension(name=name, status=verdict.status, reasons=texts or unexplained)


def _turned(
    status: HealthStatus, as_of: datetime, before: Before | None
) -> tuple[datetime | None, HealthStatus | None]:
    """Say since when the colour stands and what it was before; without an earlier assessment nobody knows."""
    if before is None:
        return None, None
    if before.health.status is not status:
        return as_of, before.health.status
    return before.health.since or before.at, before.health.previous
