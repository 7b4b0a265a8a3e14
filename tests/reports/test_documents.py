from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from pmbridge.assessment import Figure, FigureStatus, Forecast, HealthStatus, missing
from pmbridge.document import Chart, Document, Link, Series, Table, fingerprint, line, one_line, plain
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
    text = printed(milestone_page(assessment, milestone, everything=True))
    assert "even odds (50 %)" in text
    assert "Flow: throughput 4.2 items a week · cycle time 3 days at 50 %, 9 days at 85 %" in text
    assert "oldest open work unknown: nothing is open" in text
    assert "Not judged: budget (no budget)" in text
    assert "this project usually takes 12 % longer than most" in text
    assert "learned from 6 earlier milestones" in text
    assert "\x1b" not in text


def test_the_page_of_a_minute_leaves_the_details_to_those_who_ask_and_says_how(assessment, milestone):
    page, whole = (printed(milestone_page(assessment, milestone, everything=all_)) for all_ in (False, True))
    for part in ("Flow: ", "SHOP-4 Pay by invoice", "… and 3 earlier changes."):
        assert part in whole
        assert part not in page
    assert "44 on 1 Oct 2026 + 7 added − 1 removed = 50 now (residual 0)" in page
    assert "more: --all · what a reason rests on: --explain schedule.on_time" in page
    assert "more: " not in whole
    assert len(page.splitlines()) < len(whole.splitlines())


def test_an_ended_milestone_says_how_it_ended_and_the_newest_comes_first(assessment, milestone):
    def ended(title, day, measured):
        reason = milestone.health.reasons[0].model_copy(update={"rule": "schedule.finished", "measured": measured})
        health = milestone.health.model_copy(update={"reasons": (reason,)})
        at = datetime(2026, 5, day, 9, tzinfo=UTC)
        state = {"title": title, "state": MilestoneState.RELEASED, "launched_at": at, "health": health}
        return milestone.model_copy(update=state)

    first, second = ended("1.0", 2, "1 day late"), ended("1.1", 20, "on the day")
    page = overview(assessment.model_copy(update={"milestones": (first, second)}))
    table = next(block for block in page.blocks if isinstance(block, Table))
    assert [row[1][0].text for row in table.rows] == ["1.1", "1.0"]
    assert [row[5][0].text for row in table.rows] == ["on the day", "1 day late"]


def test_a_table_that_is_too_wide_becomes_a_list_in_which_no_word_is_broken(assessment, milestone):
    wide, narrow = (printed(overview(assessment.model_copy(update={"milestones": (milestone,)})), w) for w in (120, 50))
    assert "Health" in wide
    assert " RED  Checkout 2.0\n  State open · Due 11 Dec 2026 ·" in narrow
    assert all(len(line) <= 50 for line in narrow.splitlines())


def test_a_cell_of_a_list_keeps_its_heading():
    words = [f"{word} word that is long" for word in ("first", "second", "third")]
    table = Table(header=(line("If"), line("then"), line("")), rows=(tuple(line(word) for word in words),))
    text = printed(Document(blocks=(table,)), 40)
    assert "If first word" in text
    assert "then second word" in text
    assert "· third" in text


def test_a_chart_that_is_too_long_is_thinned_and_keeps_its_newest_point():
    values = (*([0.0] * 99), 8.0)
    days = tuple(str(day) for day in range(100))
    chart = Chart(title="Days", x=days, series=(Series(name="done", values=values),), summary="up")
    bars = printed(Document(blocks=(chart,)), 40).splitlines()[-1]
    assert bars.startswith("  done ")
    assert bars.endswith("▁█")
    assert len(bars) <= 40


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
