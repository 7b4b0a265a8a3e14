from __future__ import annotations

from pmbridge.metrics.register import Entry, register


def entry(key: str, probability: float | None = None, days: float | None = None, cost: float | None = None) -> Entry:
    return Entry(key, f"Risk {key}", probability, days, cost, None, None)


def test_the_largest_exposure_comes_first_and_all_are_summed() -> None:
    book = register([entry("R-1", 0.1, 10), entry("R-2", 0.5, 20), entry("R-3"), entry("R-4", 0.5, cost=900)], 12)
    assert [one.key for one in book.entries] == ["R-2", "R-1", "R-4", "R-3"]
    assert book.exposure_days == 11
    assert book.entries[2].exposure_cost == 450
    assert book.unrated == ("R-3",)
    assert book.exceeds is False


def test_exposure_is_held_against_the_time_between_even_and_likely() -> None:
    assert register([entry("R-1", 0.9, 30)], 12).exceeds is True
    assert register([entry("R-1", 0.9, 30)], None).exceeds is None
    assert register([entry("R-1")], 12).exceeds is None
    assert register([], 12).exceeds is None
