from __future__ import annotations

import threading

import pytest

from pmbridge_jira.ahead import ahead


def counting(made, *, upto=5, error=None):
    try:
        for number in range(upto):
            made.append(number)
            yield number
        if error is not None:
            raise error
    finally:
        made.append("closed")


@pytest.mark.parametrize("steps", [1, 3])
def test_order_and_end_are_those_of_the_source(steps):
    made = []
    assert list(ahead(counting(made), steps)) == [0, 1, 2, 3, 4]
    assert made[-1] == "closed"


def test_an_error_comes_after_the_values_before_it():
    values = ahead(counting([], upto=2, error=ValueError("broken")))
    assert [next(values), next(values)] == [0, 1]
    with pytest.raises(ValueError, match="broken"):
        next(values)


def test_the_next_value_is_made_while_the_first_is_used():
    reached = threading.Event()

    def source():
        yield 1
        reached.set()
        yield 2

    values = ahead(source())
    assert next(values) == 1
    assert reached.wait(5)
    values.close()


def test_an_abandoned_source_is_closed_and_not_run_to_its_end():
    made = []
    values = ahead(counting(made, upto=1000))
    next(values)
    values.close()
    assert made[-1] == "closed"
    assert len(made) < 10


def test_a_chain_is_closed_to_its_root():
    made = []

    def second(first):
        try:
            yield from first
        finally:
            first.close()

    values = ahead(second(ahead(counting(made, upto=1000))))
    next(values)
    values.close()
    assert made[-1] == "closed"
