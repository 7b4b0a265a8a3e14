from __future__ import annotations

from datetime import date, timedelta

import pytest

from pmbridge.metrics.exposure import Dependencies, Supplier, risks_verdict
from pmbridge.metrics.register import Entry, Register, register

TODAY = date(2026, 3, 2)
DUE = TODAY + timedelta(days=30)
LINKED = Dependencies(linked=True)


def book(*entries: Entry, contingency: int | None = 10) -> Register:
    return register(entries, contingency)


def entry(key: str = "R-1", probability: float | None = 0.5, days: float | None = 10, **more: object) -> Entry:
    values: dict[str, object] = {"owner": "ada", "trigger": None, "cost": None, **more}
    return Entry(key, "Risk", probability, days, **values)  # type: ignore[arg-type]


def supplier(p50: int, p85: int) -> Dependencies:
    return Dependencies(
        True, (Supplier("A-1", "B-2", "3.0", TODAY + timedelta(days=p50), TODAY + timedelta(days=p85)),)
    )


@pytest.mark.parametrize(
    ("held", "links", "colour", "rules"),
    [
        (book(entry()), LINKED, "green", []),
        (None, LINKED, "unknown", []),
        (book(entry()), Dependencies(linked=False), "unknown", []),
        (book(entry(days=30)), LINKED, "red", ["risks.exposure"]),
        (book(entry(days=30), contingency=None), LINKED, "green", []),
        (book(entry(owner=None)), LINKED, "amber", ["risks.unattended"]),
        (book(entry(probability=None)), LINKED, "amber", ["risks.unattended"]),
        (book(entry(trigger=TODAY - timedelta(days=1))), LINKED, "amber", ["risks.unattended"]),
        (book(entry()), supplier(31, 40), "red", ["risks.depends_on_later"]),
        (book(entry()), supplier(20, 31), "amber", ["risks.depends_on_later"]),
        (book(entry()), supplier(20, 30), "green", []),
        (book(entry()), Dependencies(True, cycles=(("A-1", "A-2"),)), "amber", ["risks.cycle"]),
        (None, supplier(31, 40), "red", ["risks.depends_on_later"]),
    ],
)
def test_risks_get_the_colour_of_the_handbook(
    held: Register | None, links: Dependencies, colour: str, rules: list[str]
) -> None:
    found = risks_verdict(held, links, DUE, TODAY)
    assert (found.status.value, [one.reason.rule for one in found.reasons]) == (colour, rules)


def test_without_a_due_date_nothing_comes_too_late() -> None:
    assert risks_verdict(book(entry()), supplier(90, 99), None, TODAY).status.value == "green"


def test_the_reason_names_what_to_pull_forward() -> None:
    (one,) = risks_verdict(None, supplier(31, 40), DUE, TODAY).reasons
    assert one.reason.text == "A-1 waits for B-2 of 3.0, whose even-odds finish is 2 Apr 2026."
    assert one.reason.remedy == "Pull B-2 forward."
    assert one.reason.evidence == ("A-1", "B-2")
