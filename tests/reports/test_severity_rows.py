from __future__ import annotations

from pmbridge.reports.severity_rows import by_rank


def test_words_that_mean_the_same_are_one_row_the_gravest_first():
    rows = [("2", 2, (1,)), ("High", 2, (3,)), ("Highest", 1, (1,)), (None, None, (2,)), ("odd", None, (4,))]
    assert by_rank(rows) == [("Highest", (1,)), ("2/High", (4,)), ("odd", (4,)), ("no severity", (2,))]


def test_a_row_has_the_name_that_it_has_where_more_words_are_met():
    assert by_rank([("4", 4, (2, 0))], [("Low", 4, (9,)), ("High", 2, (9,))]) == [("4/Low", (2, 0))]
