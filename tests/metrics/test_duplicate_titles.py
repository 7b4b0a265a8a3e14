from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.duplicate_titles import ALIKE, alike

words = st.lists(st.sampled_from([f"w{n}" for n in range(14)]), min_size=1, max_size=14, unique=True)


def test_titles_in_other_words_order_or_case_are_alike() -> None:
    titles = {
        "A-1": "Login fails after the password reset",
        "A-2": "after the password reset: login FAILS",
        "A-3": "Login fails after the password change",
        "A-4": "Broken",
        "A-5": "Broken",
    }
    assert alike(titles) == (("A-1", "A-2"),)


def test_a_long_title_may_differ_in_a_word() -> None:
    long = " ".join(f"word{n}" for n in range(20))
    assert alike({"A-1": long, "A-2": f"{long} more"}) == (("A-1", "A-2"),)
    assert alike({"A-1": long, "A-2": f"{long} one two three"}) == ()


@given(st.lists(words, max_size=12))
def test_no_pair_is_missed_that_comparing_everything_finds(titles: list[list[str]]) -> None:
    named = {f"A-{n:02}": " ".join(own) for n, own in enumerate(titles)}
    expected = set()
    for a, b in combinations(sorted(named), 2):
        left, right = set(named[a].split()), set(named[b].split())
        if min(len(left), len(right)) >= 3 and (left == right or len(left & right) > ALIKE * len(left | right)):
            expected.add((a, b))
    assert set(alike(named)) == expected
