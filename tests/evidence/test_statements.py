from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pmbridge.evidence.statements import Statement, statements

WHEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def said(text, **more):
    return statements([Statement("2.1", "m.okafor", WHEN, text, "https://t/1#c2", **more)])


def test_a_sign_off_is_taken_from_a_line_with_the_comments_author_and_time():
    (one,) = said("Fine with me.\n\npmbridge: sign-off uat-signed-off on rc3\n\nRegards").signoffs
    assert (one.by, one.at, one.build, one.outcome, one.where) == ("m.okafor", WHEN, "rc3", "passed", "https://t/1#c2")
    assert said("pmbridge: sign-off runbook not-applicable").signoffs[0].outcome == "not-applicable"


def test_a_waiver_names_scope_end_author_and_reason():
    text = "pmbridge: waive requirements-verified for SHOP-1, SHOP-2 until 2026-12-01 asked by d.keller because a pilot"
    (one,) = said(text).waivers
    assert (one.scope, one.expires, one.author, one.approver, one.reason) == (
        ("SHOP-1", "SHOP-2"),
        date(2026, 12, 1),
        "d.keller",
        "m.okafor",
        "a pilot",
    )


def test_a_ruling_is_taken():
    (one,) = said("pmbridge: decide no-go because the bank is not ready").rulings
    assert (one.decision, one.reason) == ("no-go", "the bank is not ready")


@pytest.mark.parametrize("text", ["> pmbridge: decide go", "he said pmbridge: decide go", "pmbridge decides", ""])
def test_quotes_and_mentions_are_no_decisions(text):
    found = said(text)
    assert found.rulings == found.rejected == ()


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        ("pmbridge: decide go", {"edited": True}, "was edited"),
        ("pmbridge: decide go", {"mirrored": True}, "was mirrored"),
        ("pmbridge: decide perhaps", {}, "write: pmbridge: decide"),
        ("pmbridge: sign-off nonsense", {}, "write: pmbridge: sign-off"),
        ("pmbridge: waive pass-rate because it rains", {}, "until DATE"),
        ("pmbridge: waive pass-rate until 2026-13-41 asked by a because b", {}, "no date"),
    ],
)
def test_what_looks_like_a_decision_and_is_none_is_rejected_with_the_reason(text, more, says):
    found = said(text, **more)
    assert found.waivers == found.signoffs == found.rulings == ()
    assert says in found.rejected[0]
