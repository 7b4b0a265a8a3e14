from __future__ import annotations

import pytest

from pmbridge.evidence.scenario_runs import automated, scenario_name
from pmbridge.model import Origin, TestCase


def a_test(id_: str, title: str, origin: Origin) -> TestCase:
    return TestCase(source="s", id=id_, key=id_, title=title, origin=origin)


def scenario(id_: str, title: str = "Pay by invoice") -> TestCase:
    return a_test(id_, title, Origin.SCENARIO)


def case(id_: str, name: str = "Pay by invoice") -> TestCase:
    return a_test(id_, f"checkout.Feature {name}", Origin.JUNIT).model_copy(update={"key": name})


@pytest.mark.parametrize(
    "title",
    [
        "Pay by invoice", "pay  by invoice.", "Scenario: Pay by invoice", "Scenario Outline: Pay by invoice #3",
        "Pay by invoice - Example #1.2", "Pay by invoice [DE, 19 %]", "Pay_by_invoice", "Example: Pay by invoice",
    ],
)  # fmt: skip
def test_what_a_runner_puts_around_a_name_makes_no_difference(title):
    assert scenario_name(title) == "pay by invoice"


def test_other_words_are_another_scenario():
    assert scenario_name("Pay by card") != scenario_name("Pay by invoice")


def test_a_case_of_the_same_name_proves_the_requirement_in_place_of_the_scenario():
    found = automated([scenario("A"), case("j1")], {("s", "A"): ["SHOP-1"], ("s", "j1"): []})
    assert (found.scenarios, found.covers) == ({("s", "A")}, {("s", "j1"): ("SHOP-1",)})


def test_every_row_of_an_outline_is_a_case_of_its_own():
    cases = [case("j1", "Pay by invoice #1"), case("j2", "Pay by invoice #2")]
    found = automated([scenario("A"), *cases], {("s", "A"): ["SHOP-1"]})
    assert found.covers == {("s", "j1"): ("SHOP-1",), ("s", "j2"): ("SHOP-1",)}


def test_of_two_scenarios_of_one_name_the_requirement_decides_and_without_it_none_is_run():
    both = [scenario("A"), scenario("B")]
    covers = {("s", "A"): ["SHOP-1"], ("s", "B"): ["SHOP-2"], ("s", "j1"): ["SHOP-2"]}
    assert automated([*both, case("j1")], covers).scenarios == {("s", "B")}
    assert automated([*both, case("j2")], covers).scenarios == frozenset()


def test_what_the_case_itself_names_is_kept():
    found = automated([scenario("A"), case("j1")], {("s", "A"): ["SHOP-1"], ("s", "j1"): ["SHOP-9"]})
    assert found.covers == {("s", "j1"): ("SHOP-9", "SHOP-1")}


@pytest.mark.parametrize("origin", [Origin.TEST_ISSUE, Origin.CHECKLIST, Origin.XRAY])
def test_only_what_a_machine_reports_runs_a_scenario(origin):
    found = automated([scenario("A"), a_test("t", "Pay by invoice", origin)], {("s", "A"): ["SHOP-1"]})
    assert (found.scenarios, found.covers) == (frozenset(), {})
