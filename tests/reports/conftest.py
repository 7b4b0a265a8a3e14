"""A milestone's assessment with everything in it that a report shows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pmbridge.assessment import (
    Acceptance,
    Assessment,
    Bugs,
    BugSeries,
    Burnup,
    Calibration,
    Dates,
    Dimension,
    EarnedValue,
    Figure,
    Flow,
    Forecast,
    Health,
    HealthStatus,
    Hygiene,
    Ledger,
    LedgerEntry,
    LedgerKind,
    MilestoneAssessment,
    MilestoneRef,
    Reason,
    Reliability,
    Risk,
    Scope,
    Source,
    missing,
)
from pmbridge.model import MilestoneState, RefKind

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def ref(source, kind, id_, title):
    return MilestoneRef(
        source=source, kind=kind, id=id_, title=title, url=f"https://t/{id_}", project="SHOP", key=title
    )


def entry(number, *, delta=1, title="Pay by invoice"):
    kind = LedgerKind.ADDED if delta > 0 else LedgerKind.REMOVED
    return LedgerEntry(
        at=datetime(2026, 11, number, 23, 30, tzinfo=UTC),
        item=f"SHOP-{number}",
        kind=kind,
        delta=delta,
        by="Mira Holm",
        change=f"jira-main:{number}:9:0",
        cause="moved in",
        title=title,
        url=f"https://t/SHOP-{number}",
    )


@pytest.fixture
def milestone():
    no = missing("", "not computed")
    days = tuple(date.fromordinal(date(2026, 10, 1).toordinal() + i) for i in range(40))
    return MilestoneAssessment(
        key="checkout-2-0",
        title="Checkout 2.0",
        state=MilestoneState.OPEN,
        start=date(2026, 10, 1),
        due=date(2026, 12, 11),
        launched_at=None,
        newest=NOW,
        refs=(ref("jira-main", RefKind.VERSION, "10001", "Checkout 2.0"),),
        tracking=(ref("jira-main", RefKind.EPIC, "10100", "SHOP-1"), ref("gitlab-main", RefKind.ITEM, "5", "acme/w#5")),
        scope=Scope(
            items=50,
            done=20,
            active=8,
            todo=20,
            waiting=2,
            unmapped=0,
            cancelled=3,
            points=120.5,
            points_done=40,
            unestimated=6,
        ),
        ledger=Ledger(
            baseline_at=datetime(2026, 9, 30, 22, tzinfo=UTC),
            baseline_reason="start date",
            baseline=44,
            added=7,
            removed=1,
            now=50,
            residual=0,
            points=None,
            entries=(*(entry(n) for n in range(1, 8)), entry(8, delta=-1, title=None)),
        ),
        burnup=Burnup(dates=days, scope=tuple(44 + i // 8 for i in range(40)), done=tuple(i // 2 for i in range(40))),
        flow=Flow(
            throughput=Figure(value=4.25, unit="items a week", n=8),
            cycle_time_p50=Figure(value=3, unit="days", n=20),
            cycle_time_p85=Figure(value=9.04, unit="days", n=20),
            wip=Figure(value=10, unit="items"),
            oldest_age=missing("days", "nothing is open"),
        ),
        forecast=Forecast(
            status="ok",
            model="refclass/1",
            p50=date(2026, 12, 20),
            p85=date(2027, 1, 18),
            p95=date(2027, 2, 9),
            on_time_probability=0.313,
            regime="due",
            confidence="medium",
            granularity="day",
            past=6,
            shift=1.12,
            growing_scope=Dates(
                p50=date(2026, 12, 20), p85=date(2027, 1, 18), p95=date(2027, 2, 9), on_time_probability=0.313
            ),
            frozen_scope=Dates(
                p50=date(2026, 12, 12), p85=date(2027, 1, 4), p95=date(2027, 1, 20), on_time_probability=0.47
            ),
        ),
        calibration=Calibration(status="uncalibrated", n=6, p50_coverage=None, p85_coverage=None),
        earned_value=EarnedValue(bac=no, pv=no, ev=no, ac=no, spi=no, cpi=no, eac=no, earned_schedule=no, spi_t=no),
        health=Health(
            status=HealthStatus.RED,
            since=NOW,
            previous=HealthStatus.AMBER,
            override=None,
            dimensions=(
                Dimension(name="budget", status=HealthStatus.UNKNOWN, reasons=("no budget",)),
                Dimension(name="schedule", status=HealthStatus.RED),
            ),
            reasons=(
                Reason(
                    rule="schedule.on_time",
                    measured="31 %",
                    threshold="at least 85 %",
                    text="The chance to make the due date is low",
                ),
            ),
            sentence="Likely (85 %) by 18 Jan 2027; due 11 Dec 2026; chance to make the due date 30 %.",
            remedy="Drop 9 items.",
        ),
        risks=(Risk(signal="blocked", severity="high", item="SHOP-3", since=NOW, text="SHOP-3 is blocked"),),
        acceptance=Acceptance(verdict="unknown", coverage=None, verified=None, pass_rate=None),
        bugs=Bugs(
            launched_at=None,
            reports=None,
            defects=None,
            closed=None,
            reopened=None,
            backlog=None,
            escaped_rate=None,
            series=BugSeries(),
            time_to_resolve_p50=no,
            time_to_resolve_p85=no,
            reopen_rate=no,
            sla_attainment=no,
            reliability=Reliability(status="unknown", model=None, residual=None, interval=None, refusal=None),
            stabilised_on=None,
        ),
    )


@pytest.fixture
def assessment(milestone):
    return Assessment(
        product="shop",
        title="Web shop",
        as_of=NOW,
        zone="Europe/Berlin",
        version="0.1.0",
        config_digest="c" * 12,
        inputs_digest="i" * 12,
        milestones=(milestone,),
        hygiene=Hygiene(score=None, reasons=("not computed",)),
        sources=(Source(name="jira-main", kind="jira", url="https://t", synced_at=NOW, certificate=None),),
    )
