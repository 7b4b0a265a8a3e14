"""A product's forecasts of the past, made again and held against what happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pmbridge.assess.families import relations
from pmbridge.assess.reading import Reading, read
from pmbridge.assessment import Backtest, Coverage, FinishRecord, PastForecast, ThroughputRecord
from pmbridge.collector import collector_paused
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import local_day
from pmbridge.metrics.calibration import (
    SHOWN_FROM,
    TESTED_FROM,
    TrackRecord,
    binomial_p_value,
    track_record,
)
from pmbridge.metrics.forecast import CONSTANTS_VERSION
from pmbridge.metrics.judgement import LOWEST_COVERAGE
from pmbridge.metrics.outlook import Family
from pmbridge.metrics.rolling_origin import Origin, mean_crps, pinball, pit_tenths, rolling_origin, skill
from pmbridge.metrics.throughput_origin import throughput_origins
from pmbridge.metrics.wilson import wilson_interval
from pmbridge.model import History

Status = Literal["calibrated", "suspicious", "broken", "uncalibrated"]
_SUSPICIOUS, _BROKEN = 0.15, 0.05


def backtest(history: History, settings: ProductSettings, *, product: str, as_of: datetime) -> Backtest:
    """Replay every forecast the product would have given before ``as_of``."""
    with collector_paused():
        reading = read(history, settings, as_of)
        related = relations(reading)
        titles: defaultdict[int, list[str]] = defaultdict(list)
        families: dict[int, Family] = {}
        for milestone in reading.milestones:
            family = related.families[milestone.key]
            families[id(family)] = family
            titles[id(family)].append(milestone.title)
        return Backtest(
            product=product,
            title=settings.title,
            as_of=as_of,
            model=CONSTANTS_VERSION,
            finishes=tuple(_record(family, titles[place]) for place, family in families.items() if family.growing),
            throughput=tuple(
                ThroughputRecord(weeks=one.weeks, forecasts=one.forecasts, p50_held=one.p50, p85_held=one.p85)
                for one in throughput_origins(_weekly(reading), product)
            ),
        )


def _record(family: Family, titles: Sequence[str]) -> FinishRecord:
    origins = rolling_origin(family.growing, family.frozen)
    record = track_record(family.growing)
    status = _status(record)
    widened = record.is_shown and (record.p85_coverage or 1.0) < LOWEST_COVERAGE
    names = dict(zip(map(id, family.windows), titles, strict=True))
    return FinishRecord(
        name=family.growing[0].window.rule.value,
        milestones=record.n,
        forecasts=len(origins),
        status=status,
        coverage=_coverage(record),
        pit=tuple(round(share, 4) for share in pit_tenths(origins)),
        crps=_round(mean_crps(origins)),
        pinball=_rounded(pinball(origins)),
        skill=_round(skill(origins)),
        widened=widened,
        text=_text(record, status, widened),
        past=tuple(_past(one, names[id(family.growing[one.milestone].window)]) for one in reversed(origins)),
    )


def _coverage(record: TrackRecord) -> tuple[Coverage, ...]:
    """Give the coverage of the dates on independent cases, one forecast halfway through each milestone."""
    p85 = Coverage(
        percentile=0.85,
        held=_round(record.p85_coverage),
        interval=record.p85_interval,
        p_value=record.p85_p_value,
    )
    return _counted(record, 0.5, record.p50_coverage), p85, _counted(record, 0.95, record.p95_coverage)


def _counted(record: TrackRecord, percentile: float, held: float | None) -> Coverage:
    hits = round((held or 0.0) * record.n)
    return Coverage(
        percentile=percentile,
        held=_round(held),
        interval=wilson_interval(hits, record.n),
        p_value=binomial_p_value(hits, record.n, percentile) if record.n >= TESTED_FROM else None,
    )


def _status(record: TrackRecord) -> Status:
    if not record.is_shown:
        return "uncalibrated"
    p = record.p85_p_value
    if p is None or (record.p85_coverage or 0.0) >= 0.8:
        return "calibrated"
    return "broken" if p < _BROKEN else "suspicious" if p < _SUSPICIOUS else "calibrated"


def _text(record: TrackRecord, status: Status, widened: bool) -> str:
    if status == "uncalibrated":
        return f"{record.n} finished milestones are too few to say how often the dates hold; {SHOWN_FROM} are needed."
    held = f"The 85 % date, given halfway, held for {record.p85_hits} of {record.n} milestones"
    words = {
        "calibrated": "as often as it says, as far as so many can tell",
        "suspicious": "less often than it says, though chance may explain it",
        "broken": "less often than it says, and chance does not explain it",
    }
    repair = " Forecasts are widened by 30 % until it holds." if widened else ""
    return f"{held}: {words[status]}.{repair}"


def _past(one: Origin, title: str) -> PastForecast:
    p50, p85, p95 = (date.fromordinal(day) for day in one.percentiles)
    return PastForecast(
        milestone=title,
        made_on=date.fromordinal(one.day),
        p50=p50,
        p85=p85,
        p95=p95,
        due=None if one.due is None else date.fromordinal(one.due),
        finished_on=date.fromordinal(one.finish),
    )


def _weekly(reading: Reading) -> list[int]:
    """Count finishes of all counted work by week, the last week ending with the instant."""
    today = reading.today.toordinal()
    ages = [
        (today - local_day(life.completed_at, reading.zone).toordinal()) // 7
        for life in reading.lives
        if life.completed_at is not None and life.phases[-1].counted
    ]
    weeks = [0] * (max(ages, default=-1) + 1)
    for age in ages:
        weeks[len(weeks) - 1 - age] += 1
    return weeks


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _rounded(values: tuple[float, float, float] | None) -> tuple[float, float, float] | None:
    return None if values is None else (round(values[0], 4), round(values[1], 4), round(values[2], 4))
