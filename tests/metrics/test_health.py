from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import Health, HealthStatus, Reason
from pmbridge.metrics.health import Before, Case, health, overall
from pmbridge.metrics.schedule import Verdict, Weighed

GREEN, AMBER, RED, UNKNOWN = HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED, HealthStatus.UNKNOWN
NOW = datetime(2025, 3, 1, tzinfo=UTC)


def weighed(rule: str, effect: float, remedy: str | None = None) -> Weighed:
    return Weighed(effect, Reason(rule=rule, measured="1", threshold="0", text=f"{rule}.", remedy=remedy))


def stated(case: Case, remedy: str | None = None, before: Before | None = None) -> Health:
    return health(case, {"scope": "no baseline"}, "A sentence.", remedy, NOW, before)


def test_the_worst_known_colour_of_the_core_decides():
    assert overall({"schedule": AMBER, "quality": UNKNOWN, "budget": GREEN}) is AMBER
    assert overall({"schedule": GREEN, "budget": RED}) is RED


def test_any_other_red_raises_to_amber_and_no_further():
    assert overall({"schedule": GREEN, "scope": RED}) is AMBER
    assert overall({"schedule": RED, "scope": RED}) is RED
    assert overall({"schedule": GREEN, "scope": AMBER}) is GREEN


def test_what_has_ended_is_judged_by_its_core():
    assert overall({"schedule": GREEN, "scope": RED}, ended=True) is GREEN


def test_while_the_schedule_is_unknown_only_red_is_known():
    assert overall({"schedule": UNKNOWN, "scope": RED}) is UNKNOWN
    assert overall({"schedule": UNKNOWN, "budget": AMBER}) is UNKNOWN
    assert overall({"schedule": UNKNOWN, "budget": RED}) is RED
    assert overall({"schedule": AMBER, "budget": UNKNOWN}, required=("schedule", "budget")) is UNKNOWN


colourings = st.dictionaries(
    st.sampled_from(["schedule", "quality", "budget", "scope", "data"]), st.sampled_from(HealthStatus)
)
WORSE = [GREEN, AMBER, RED]


@given(colours=colourings, lost=st.sampled_from(["schedule", "budget"]))
def test_losing_an_input_never_makes_a_colour_better(colours: dict[str, HealthStatus], lost: str):
    required = {"schedule", "budget"}
    full = overall(colours, required=required)
    less = overall({**colours, lost: UNKNOWN}, required=required)
    assert less is UNKNOWN or full is UNKNOWN or WORSE.index(less) >= WORSE.index(full)


@given(colourings)
def test_unknown_is_never_green(colours: dict[str, HealthStatus]):
    if all(colours.get(name, UNKNOWN) is UNKNOWN for name in ("schedule", "quality", "budget")):
        assert overall(colours) is UNKNOWN


def test_each_side_that_is_not_green_is_argued_before_the_causes_the_worst_first():
    case = Case(
        {"schedule": Verdict(AMBER, (weighed("p", 0.2),)), "scope": Verdict(RED, (weighed("creep", 0.3),))},
        (weighed("blocked", 0.25), weighed("small", 0.01)),
    )
    assert [r.rule for r in stated(case).reasons] == ["creep", "p", "blocked"]


def test_a_red_side_is_never_cut_for_an_amber_one_however_much_that_weighs():
    sides = {
        "schedule": Verdict(AMBER, (weighed("p", 0.9), weighed("slip", 0.8))),
        "budget": Verdict(AMBER, (weighed("cpi", 0.7),)),
        "quality": Verdict(RED, (weighed("gate", 0.0),)),
        "scope": Verdict(RED, (weighed("creep", 0.1),)),
    }
    found = stated(Case(sides, (weighed("blocked", 0.95),)))
    assert [r.rule for r in found.reasons] == ["creep", "gate", "p"]


def test_without_a_colour_what_is_unknown_is_argued_first():
    sides = {"schedule": Verdict(UNKNOWN, (weighed("date", 0.1),)), "scope": Verdict(RED, (weighed("creep", 0.3),))}
    assert [r.rule for r in stated(Case(sides)).reasons] == ["date", "creep"]


def test_causes_are_not_searched_for_what_is_green():
    case = Case({"schedule": Verdict(GREEN, (weighed("p", 0.0),))}, (weighed("blocked", 0.25),))
    assert [r.rule for r in stated(case).reasons] == ["p"]


def test_the_remedy_is_the_forecast_s_else_that_of_the_strongest_reason():
    case = Case({"schedule": Verdict(RED, (weighed("p", 0.2), weighed("q", 0.1, "Do q.")))})
    assert stated(case, "Drop 3 items.").remedy == "Drop 3 items."
    assert stated(case).remedy == "Do q."
    assert stated(Case({"schedule": Verdict(GREEN, (weighed("p", 0.2, "Do p."),))})).remedy is None


def test_every_dimension_says_why_it_is_what_it_is():
    case = Case({"schedule": Verdict(GREEN, (weighed("p", 0.0),)), "scope": Verdict(UNKNOWN)})
    assert [(d.name, d.status, d.reasons) for d in stated(case).dimensions] == [
        ("schedule", GREEN, ("p.",)),
        ("scope", UNKNOWN, ("no baseline",)),
    ]


def test_a_colour_knows_since_when_it_stands_and_what_was_before():
    green, red = Case({"schedule": Verdict(GREEN)}), Case({"schedule": Verdict(RED)})
    first = stated(green)
    assert (first.since, first.previous) == (None, None)
    same = stated(green, before=Before(NOW - timedelta(days=7), first))
    assert (same.since, same.previous) == (NOW - timedelta(days=7), None)
    turned = stated(red, before=Before(NOW - timedelta(days=7), same))
    assert (turned.since, turned.previous) == (NOW, GREEN)
    kept = stated(red, before=Before(NOW + timedelta(days=1), turned))
    assert (kept.since, kept.previous) == (NOW, GREEN)
