from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from pmbridge.assessment import Figure, FigureStatus, Forecast, HealthStatus, missing
from pmbridge.document import Document, Link, Table, fingerprint, line, one_line, plain
from pmbridge.model import MilestoneState
from pmbridge.reports import phrases
from pmbridge.reports.audit import milestone_page, overview, urgency
from pmbridge.reports.milestone import description_block, description_line
from pmbridge.reports.text import show
from pmbridge.reports.ticket import health_comment


def printed(document: Document, width: int = 300) -> str:
    console = Console(width=width, record=True, markup=False, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        show(document, console)
    return console.export_text()


def test_the_comment_says_colour_sentence_reason_remedy_scope_and_ledger(milestone):
    text = plain(health_comment(milestone, "Europe/Berlin"))
    assert text.splitlines()[0] == "RED Checkout 2.0"
    assert "chance to make the due date 30 %. (was amber before)" in text
    assert "The chance to make the due date is low | 31 % | at least 85 %" in text
    assert "What would turn it: Drop 9 items." in text
    assert "20 of 50 items done · 8 in progress · 2 waiting · 20 to do · 40 of 120.5 points" in text
    assert "44 on 1 Oct 2026 + 7 added − 1 removed = 50 now (residual 0)" in text
    assert "SHOP-3 is blocked" in text
    assert "pmbridge-ignore" in text


def test_the_ledger_names_the_latest_changes_on_their_local_day_and_counts_the_rest(milestone):
    text = plain(health_comment(milestone, "Europe/Berlin"))
    assert "9 Nov 2026: − SHOP-8 – moved in by Mira Holm" in text
    assert "5 Nov 2026: + SHOP-4 Pay by invoice" in text
    assert "SHOP-3 Pay by invoice" not in text
    assert "… and 3 earlier changes." in text


def test_a_day_passing_alone_does_not_change_the_comment(milestone):
    tomorrow = milestone.burnup.dates[-1] + timedelta(days=1)
    longer = milestone.burnup.model_copy(
        update={
            "dates": (*milestone.burnup.dates, tomorrow),
            "scope": (*milestone.burnup.scope, milestone.burnup.scope[-1]),
            "done": (*milestone.burnup.done, milestone.burnup.done[-1]),
        }
    )
    later = milestone.model_copy(update={"burnup": longer, "newest": milestone.newest + timedelta(days=1)})
    assert fingerprint(health_comment(later, "UTC")) == fingerprint(health_comment(milestone, "UTC"))


def test_the_description_block_is_shorter_than_the_comment(milestone):
    assert len(plain(description_block(milestone))) < len(plain(health_comment(milestone, "UTC")))


def test_the_line_of_a_version_says_the_same_in_one_line(milestone):
    assert one_line(description_line(milestone)) == (
        "red · 20 of 50 done · likely (85 %) by 18 Jan 2027 · due 11 Dec 2026"
    )


def test_the_audit_page_can_be_read_in_a_pipe(assessment, milestone):
    text = printed(milestone_page(assessment, milestone))
    assert "even odds (50 %)" in text
    assert "Flow: throughput 4.2 items a week · cycle time 3 days at 50 %, 9 days at 85 %" in text
    assert "oldest open work unknown: nothing is open" in text
    assert "Not judged: budget (no budget)" in text
    assert "this project usually takes 12 % longer than most" in text
    assert "learned from 6 earlier milestones" in text
    assert "\x1b" not in text


def test_the_overview_puts_the_most_urgent_milestone_first(assessment, milestone):
    green = milestone.health.model_copy(update={"status": HealthStatus.GREEN})
    calm = milestone.model_copy(update={"title": "Calm", "key": "calm", "health": green})
    over = milestone.model_copy(update={"title": "Over", "key": "over", "state": MilestoneState.RELEASED})
    page = overview(assessment.model_copy(update={"milestones": (over, calm, milestone)}))
    table = next(block for block in page.blocks if isinstance(block, Table))
    assert [row[1][0].text for row in table.rows] == ["Checkout 2.0", "Calm", "Over"]
    assert urgency(milestone) < urgency(calm) < urgency(over)


def test_an_overview_without_milestones_says_so(assessment):
    assert "No milestone" in plain(overview(assessment.model_copy(update={"milestones": ()})))


def test_hostile_text_cannot_steer_the_terminal():
    evil = "\x1b[31mred \u202e[bold]x[/bold]\x07"
    document = Document(blocks=(Table(header=(line(evil),), rows=((line(Link(text=evil, url="https://t/1")),),)),))
    text = printed(document)
    assert "\x1b[31m" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[bold]x[/bold]" in text


@pytest.mark.parametrize(
    ("value", "confidence", "words"),
    [
        (0.313, "high", "31 %"),
        (0.313, "medium", "30 %"),
        (0.313, None, "30 %"),
        (0.001, "low", "under 5 %"),
        (0.999, "low", "over 95 %"),
        (0.996, "high", "over 99 %"),
        (None, "high", "unknown"),
    ],
)
def test_a_chance_is_told_no_finer_than_it_is_known(value, confidence, words):
    assert phrases.chance(value, confidence) == words


@pytest.mark.parametrize(
    ("granularity", "words"),
    [("day", "19 Nov 2026"), ("week", "the week of 16 Nov 2026"), ("month", "Nov 2026"), (None, "19 Nov 2026")],
)
def test_a_forecast_date_is_told_no_finer_than_it_may_be_read(granularity, words):
    assert phrases.coarse_day(date(2026, 11, 19), granularity) == words


def test_an_instant_falls_on_the_local_day():
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert phrases.local_day(late, "Europe/Berlin") == "20 Nov 2026"
    assert phrases.local_day(late, "UTC") == "19 Nov 2026"


def test_a_missing_figure_says_why_and_a_weak_one_says_so():
    assert phrases.figure(missing("days", "no finish yet", FigureStatus.INSUFFICIENT)) == "insufficient: no finish yet"
    assert phrases.figure(Figure(value=2, unit="days", confidence="C")) == "2 days (confidence C)"


def test_the_outlook_has_a_sentence_for_every_state(milestone):
    assert phrases.outlook(Forecast(status="done", model=None), None) == "Everything in scope is done."
    refused = Forecast(status="refused", model=None, refusal="no track record yet")
    assert phrases.outlook(refused, None) == "No date can be given: no track record yet."
    assert phrases.outlook(milestone.forecast, None) == "Likely (85 %) by 18 Jan 2027; no due date is set."
    assert phrases.outlook(milestone.forecast, milestone.due).endswith("chance to make the due date 30 %.")
