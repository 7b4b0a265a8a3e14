"""When the people of a product work."""

from __future__ import annotations

import re
from datetime import date, time
from enum import StrEnum
from typing import Any

from pydantic import model_validator

from pmbridge.config.section import Section

_CLOCK = r"(\d{1,2})(?::(\d{2}))?"
_HOURS = re.compile(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}")


class Weekday(StrEnum):
    """The days of a week, from Monday on."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Hours(Section):
    """Opening hours of a day in local clock time; closing at midnight is written as 24."""

    opens: time
    closes: time

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _HOURS.fullmatch(value.strip())
        if not found:
            raise ValueError(f"{value!r} are no hours: write them like 9-17 or 8:30-16:30")
        opens, closes = (int(found[n]) * 60 + int(found[n + 1] or 0) for n in (1, 3))
        if not opens < closes <= 24 * 60:
            raise ValueError(f"{value!r} must begin before it ends, within one day")
        return {"opens": _clock(opens), "closes": _clock(closes)}


class CalendarSettings(Section):
    """The weekly working days with their hours, and the dates nobody works on."""

    days: tuple[Weekday, ...] = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
    hours: Hours = Hours(opens=time(9), closes=time(17))
    holidays: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _some_day_is_open(self) -> CalendarSettings:
        if not self.days:
            raise ValueError("days must name at least one working day")
        return self


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
