"""What people read about the bugs of a launch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.document import Chart, Document, Table, fingerprint, plain
from pmbridge.reports import bug_charts, bug_tables, bugs, phrases
from pmbridge.reports.bug_actions import actions
from pmbridge.reports.handoff import packet
from pmbridge.reports.stable_words import stable_since
from pmbridge.reports.ticket import health_comment

L = datetime(2026, 9, 1, 8, tzinfo=UTC)
STORY = run_path(str(Path(__file__).parents[1] / "story.py"))["Story"]
SETTINGS = ProductSettings.model_validate(
    {
        "title": "Web shop",
        "zone": "Europe/Berlin",
        "projects": {"jira": ["SHOP", "HELP"]},
        "bugs": {
            "sla": {"blocker": "2bd", "major": "10bd"},
            "handoff": {"support": {"jira": ["HELP"]}, "escalated": ["Blocked outside"]},
        },
    }
)

Told = tuple[Assessment, MilestoneAssessment]


@pytest.fixture
def told() -> Callable[..., Told]:
    """Tell of a launch with a bad week, a blocker, and hand-offs of all kinds."""

    def tell(as_of: float = 38.0, *, storm: bool = True, released: bool = True) -> Told:
        tale: Any = STORY()
        release = L if released else None
        tale.milestone("version:2", "2.0", start=date(2026, 7, 1), due=date(2026, 9, 1), released=release)
        fields = {"type": "Bug", "affects": ("version:2",), "severity": "major"}
        for n in range(24):
            day = L + timedelta(days=22 * (n / 24) ** 2 + 0.1)
            tale.item(f"B-{n:02}", day, **{**fields, "components": ("Cart",)})
            tale.status(f"B-{n:02}", day + timedelta(days=3), "done")
        for n in range(14 if storm else 0):
            tale.item(f"P-{n:02}", L + timedelta(days=30 + n / 3), **{**fields, "components": ("Payment",)})
        tale.item("X-1", L + timedelta(days=33), **{**fields, "severity": "blocker", "title": "Geheim"})
        tale.item("HELP-1", L + timedelta(days=2), project="HELP", type="Task", title="Frau Schulz ruft an")
        tale.link("HELP-1", "B-05", "relates", phrase="relates to")
        tale.item("HELP-2", L + timedelta(days=20), project="HELP", type="Task", status="review")
        found = assess(
            tale.history(),
            SETTINGS,
            product="shop",
            as_of=L + timedelta(days=as_of),
            config_digest="c0ffee",
            version="1.0",
        )
        return found, found.milestones[0]

    return tell


def test_the_page_says_what_arrived_what_left_who_owes_and_what_to_do(told: Callable[..., Told]) -> None:
    text = plain(bugs.hypercare_page(*told()))
    assert "39 reports of 39 defects; 24 closed, 15 open" in text
    assert "Alarm: " in text
    assert "Payment" in text
    assert "Grave and open: X-1." in text
    wrong = "said to be handed over, and no engineering item is linked; nothing moves"
    assert f"HELP-2 waits for the step “escalated” ({wrong})." in text
    assert "Owed by: support 2" in text
    assert "Hypercare goes on: the product is not stable yet" in text


def test_every_chart_says_in_words_what_it_draws(told: Callable[..., Told]) -> None:
    page = bugs.hypercare_page(*told())
    charts = [block for block in page.blocks if isinstance(block, Chart)]
    assert [chart.title for chart in charts] == [
        "Since the launch", "In and out", "Open defects", "Arrivals and expectation", "Alarm level",
    ]  # fmt: skip
    for chart in charts:
        assert chart.summary
        assert {len(series.values) for series in chart.series} == {len(chart.x)}


def test_a_launch_that_had_defects_after_it_was_stable_says_how_many(told: Callable[..., Told]) -> None:
    found = told()[1].bugs
    on = next(day for day, count in zip(found.series.dates, found.series.arrivals, strict=True) if count)
    later = sum(found.series.arrivals) - found.series.arrivals[found.series.dates.index(on)]
    stable = found.model_copy(update={"stabilised_on": on})
    assert stable_since(stable) == f"stabilised on {phrases.day(on)} ({phrases.count(later, 'defect')} came later)"
    last = found.model_copy(update={"stabilised_on": found.series.dates[-1]})
    assert stable_since(last) == f"stable since {phrases.day(found.series.dates[-1])}"
    assert stable_since(found) == "not yet"


def test_regressions_are_told_by_their_evidence_and_with_what_nobody_looked_at(told: Callable[..., Told]) -> None:
    tiers = {"caused_by_link": 2, "same_component": 3}
    found = told()[1].bugs.model_copy(update={"regression_tiers": tiers, "bad_fixes": 1})
    text = plain(Document(blocks=tuple(bug_tables.ratios(found))))
    assert "2 linked to their cause; 3 met within 7 days of a change of their component" in text
    assert "the code is not read" in text
    assert "brought in by the repair of another bug: 1 defect" in text


def test_a_long_time_is_drawn_by_week(told: Callable[..., Told]) -> None:
    _, milestone = told(150)
    (chart,) = bug_charts.flow(milestone.bugs.series)
    assert len(chart.x) == 22
    assert sum(value or 0 for value in chart.series[0].values) == 39
    assert "by week up to today" in chart.summary


def test_tables_have_a_cell_for_every_column(told: Callable[..., Told]) -> None:
    assessment, milestone = told()
    for page in (bugs.hypercare_page(assessment, milestone), bugs.overview(assessment)):
        tables = [block for block in page.blocks if isinstance(block, Table)]
        assert tables
        assert all(len(row) == len(table.header) for table in tables for row in table.rows)


def test_mean_times_of_closed_bugs_are_never_told(told: Callable[..., Told]) -> None:
    text = plain(bugs.hypercare_page(*told())).casefold()
    assert "mttr" not in text
    assert "average" not in text
    assert "open ones counted in" in text


def test_the_comment_of_a_launched_milestone_has_a_section_on_bugs(told: Callable[..., Told]) -> None:
    assessment, milestone = told()
    text = plain(health_comment(milestone, assessment.zone))
    assert "Bugs since the launch" in text
    assert "24 closed, 15 open" in text


def test_the_comment_does_not_change_because_a_day_has_passed(told: Callable[..., Told]) -> None:
    def section(day: float) -> str:
        assessment, milestone = told(day, storm=False)
        return fingerprint(Document(blocks=tuple(bugs.section(milestone, assessment.zone))))

    assert section(44) == section(45)


def test_an_open_milestone_has_no_section_and_its_page_says_why(told: Callable[..., Told]) -> None:
    assessment, milestone = told(released=False)
    assert list(bugs.section(milestone, assessment.zone)) == []
    assert "not launched yet" in plain(bugs.hypercare_page(assessment, milestone))
    assert "Set launch.dates" in plain(bugs.overview(assessment))


def test_when_nothing_presses_one_line_says_so(told: Callable[..., Told]) -> None:
    _, milestone = told()
    calm = milestone.bugs.model_copy(update={"alerts": (), "grave": (), "promises": (), "handoffs": ()})
    (line,) = actions(calm)
    assert "Nothing presses" in line[0].text


def test_the_packet_tells_engineering_the_facts_and_no_persons_words(told: Callable[..., Told]) -> None:
    assessment, milestone = told()
    (found,) = milestone.bugs.packets
    text = plain(packet(found, assessment.zone))
    assert "1 report" in text
    assert "HELP-1" in text
    assert "versions: 2.0" in text
    assert "Schulz" not in text


def test_no_title_of_a_ticket_is_on_the_page(told: Callable[..., Told]) -> None:
    text = plain(bugs.hypercare_page(*told()))
    assert "Geheim" not in text
    assert "Schulz" not in text


def test_a_refused_model_is_told_with_its_rule_and_an_accepted_one_with_its_upper_bound(
    told: Callable[..., Told],
) -> None:
    _, milestone = told()
    assert bugs.to_come(milestone.bugs).startswith("How many defects are still to come cannot be said: ")
    fine = milestone.bugs.reliability.model_copy(
        update={
            "status": "ok", "model": "Goel-Okumoto", "residual": 4.2, "interval": (1.0, 11.0), "ahead": 2.1,
            "ahead_interval": (0.5, 6.0), "n": 40, "tied": "Musa-Okumoto",
        }
    )  # fmt: skip
    said = bugs.to_come(milestone.bugs.model_copy(update={"reliability": fine}))
    assert said.startswith("At most 6 defects in the next 30 days, 2.1 expected; at most 11 in all")
    assert "Musa-Okumoto" in said
