"""How the proof of a milestone's requirements grew, and when it will be whole."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import AcceptanceTrend
from pmbridge.document import Block, Chart, Paragraph, Series, line
from pmbridge.reports import phrases
from pmbridge.reports.sections import strong

_BACK = 28
_SHOWN = (
    ("proven", "ok"),
    ("stale", "stale"),
    ("not run", "notrun"),
    ("failing", "nok"),
    ("unknown", "unknown"),
    ("no test", "uncovered"),
)


def proof_trend(trend: AcceptanceTrend | None) -> Iterator[Block]:
    """Show the days as lines of counts, what came and went, and the date by which all must-haves will be proven."""
    if trend is None or len(trend.dates) < 2:
        return
    columns = [(name, getattr(trend, field)) for name, field in _SHOWN]
    series = (Series(name=name, values=tuple(map(float, values))) for name, values in columns if any(values))
    yield Chart(
        title="Requirements by day",
        x=tuple(day.isoformat() for day in trend.dates),
        series=tuple(series),
        summary=_summary(trend),
    )
    yield Paragraph(content=line(strong("Must-haves: "), _ahead(trend)))


def _summary(trend: AcceptanceTrend) -> str:
    before = max(0, len(trend.dates) - 1 - _BACK)
    said = (
        f"{trend.ok[before]} of {_scope(trend, before)} proven on {phrases.day(trend.dates[before])}, "
        f"{trend.ok[-1]} of {_scope(trend, -1)} now"
    )
    joined, left = sum(trend.joined[before + 1 :]), sum(trend.left[before + 1 :])
    churn = [f"{joined} came in"] if joined else []
    churn += [f"{left} went out"] if left else []
    return f"{said}; {' and '.join(churn)} since" if churn else said


def _scope(trend: AcceptanceTrend, day: int) -> int:
    return sum(getattr(trend, field)[day] for _, field in _SHOWN)


def _ahead(trend: AcceptanceTrend) -> str:
    if trend.unmet == 0:
        return "all are proven"
    waiting = f"{trend.unmet} not proven yet"
    if trend.refusal is not None:
        return f"{waiting}; no date, since {trend.refusal}"
    if trend.p50 is None:
        return f"{waiting}; at the pace of the last {len(trend.newly_met)} weeks not within a year"
    late = f"by {phrases.day(trend.p85)} in 85 of 100 cases" if trend.p85 else "with 85 % not within a year"
    pace = f"at the pace of the last {phrases.count(len(trend.newly_met), 'week')}"
    return f"{waiting}; {pace} all by {phrases.day(trend.p50)} as likely as not, {late}"
