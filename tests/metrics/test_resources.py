from __future__ import annotations

from datetime import date

import pytest

from pmbridge.metrics.concentration import concentration
from pmbridge.metrics.resources import People, ResourceLimits, resources_verdict

WEEKS = (date(2026, 3, 2), date(2026, 3, 9))
SPREAD = concentration({"ada": 3, "bob": 3, "eve": 3})
THIN = concentration({"ada": 8, "bob": 1})


@pytest.mark.parametrize(
    ("people", "colour", "rules"),
    [
        (People(), "unknown", []),
        (People(SPREAD), "unknown", []),
        (People(SPREAD, loads_known=True), "green", []),
        (People(THIN), "amber", ["resources.bus_factor"]),
        (People(SPREAD, {"web": WEEKS}, loads_known=True), "amber", ["resources.load"]),
        (People(SPREAD, critical_away=(("A-1", 4),), loads_known=True), "red", ["resources.critical_away"]),
        (People(SPREAD, critical_away=(("A-1", 3),), loads_known=True), "green", []),
        (People(SPREAD, critical_overloaded=("A-1",), loads_known=True), "red", ["resources.critical_overload"]),
    ],
)
def test_people_get_the_colour_of_the_handbook(people: People, colour: str, rules: list[str]) -> None:
    found = resources_verdict(people, ResourceLimits())
    assert (found.status.value, [one.reason.rule for one in found.reasons]) == (colour, rules)


def test_nobody_is_named() -> None:
    (one,) = resources_verdict(People(THIN), ResourceLimits()).reasons
    assert one.reason.text == "One person holds 89 % of the assigned open work."
    assert "ada" not in one.reason.model_dump_json()


def test_an_overload_says_what_of_it_belongs_to_other_products() -> None:
    weeks = (date(2026, 3, 2), date(2026, 3, 9))
    people = People(
        overloaded={"app": weeks, "web": weeks},
        loads_known=True,
        elsewhere={"web": {"Portal": 12.0}, "app": {"Portal": 4.0, "Pay": 3.0}, "ops": {"Pay": 90.0}},
    )
    (weighed,) = resources_verdict(people, ResourceLimits()).reasons
    assert weighed.reason.text == (
        "More work than working time for 2 weeks: app, web, 16 h of it for Portal and 3 h for Pay."
    )
