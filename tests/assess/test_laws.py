"""Laws that hold for every history: identities, order, knowledge, and the loss of inputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, HealthStatus, to_json
from pmbridge.config.product import ProductSettings
from pmbridge.model import Change, Check, Execution, FieldName, History, MergeRequest, Worklog, text_id

T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = ("A", "B", "C", "D", "E", "F")
BASE: dict[str, Any] = {"title": "Shop", "projects": {"jira": ["SHOP"]}, "zone": "Europe/Berlin"}
MONEY = {"budget": {"rates": {"default": 100}, "milestones": {"1.0": 9000}}}
GATE = {"acceptance": {"fresh_days": 20}, "teams": {"web": {"people": ["w"]}}}
ORDER = [HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED]
QUIET = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

events = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.sampled_from(KEYS),
        st.sampled_from(["join", "leave", "done", "active", "review", "todo", "points", "cancel", "flag"]),
    ),
    max_size=25,
)


def told(story: Any, happened: list[tuple[int, str, str]], due: int = 40) -> History:
    """Tell of six pieces of work, with a test, a risk, logged time and merge requests around them."""
    tale = story()
    tale.milestone("version:0", "0.9", start="2025-12-01", due="2025-12-22", released="2025-12-22")
    for n in range(12):
        tale.item(f"P-{n}", T0 - 40 * DAY, milestones=("version:0",))
        tale.status(f"P-{n}", T0 - (30 - n) * DAY, "done")
    tale.milestone("version:1", "1.0", start="2026-01-05", due=(T0 + due * DAY).date())
    for key in KEYS:
        boxes = (Check(text="works", ticked=key in "AB"),) if key in "ABC" else ()
        tale.item(key, T0 - DAY, milestones=("version:1",) if key in "ABCD" else (), checklist=boxes)
    tale.item("R", T0, type="Risk", description="Probability: 50 %, Impact: 20 days", assignees=("w",))
    tale.link("E", "A")
    tale.observe("version:1", T0.isoformat(), "1.0", "2026-01-05", (T0 + due * DAY).date().isoformat())
    for day, key, what in sorted(happened, key=lambda event: event[0]):
        at = T0 + day * DAY
        match what:
            case "join":
                tale.join(key, at, "version:1")
            case "leave":
                tale.leave(key, at, "version:1")
            case "points":
                tale.change(key, at, "points", float(day))
            case "flag":
                tale.change(key, at, "flagged", "true" if day % 2 else None)
            case "cancel":
                tale.change(key, at, "resolution", "Duplicate" if day % 2 else None)
            case _:
                tale.status(key, at, what)
    once = sorted(set(happened))
    return replace(
        tale.history(),
        worklogs=tuple(
            Worklog(
                source="jira", id=f"{event}", item=event[1], author="w", started_at=T0 + event[0] * DAY, seconds=7200
            )
            for event in once
        ),
        merge_requests=tuple(
            MergeRequest(
                source="jira", id=f"{event}", key=f"web!{event[0]}", project="web", url="https://g.example", title="T",
                branch=f"{event[1]}-1-x", state="open", items=(event[1],), created_at=T0 + event[0] * DAY,
                updated_at=T0 + event[0] * DAY,
            )
            for event in once
        ),
        executions=tuple(
            Execution(
                source="jira", id=f"{event}", test=text_id(event[1], "works"), at=T0 + event[0] * DAY,
                status="pass" if event[0] % 3 else "fail",
            )
            for event in once
        ),
    )  # fmt: skip


def run(history: History, day: float, *more: dict[str, Any]) -> Assessment:
    made = ProductSettings.model_validate({**BASE, **{key: value for one in more for key, value in one.items()}})
    return assess(history, made, product="shop", as_of=T0 + day * DAY, config_digest="c", version="1")


def undigested(assessment: Assessment) -> str:
    return to_json(assessment.model_copy(update={"inputs_digest": ""}))


@QUIET
@given(happened=events, day=st.integers(1, 60), due=st.integers(5, 60))
def test_every_sum_balances(story: Any, happened: Any, day: int, due: int) -> None:
    for one in run(told(story, happened, due), day, MONEY, GATE).milestones:
        scope, book, value = one.scope, one.ledger, one.earned_value
        assert scope.items == scope.done + scope.active + scope.waiting + scope.todo + scope.unmapped
        assert book.residual == 0
        assert (book.baseline or 0) + book.added - book.removed == scope.items
        for place in range(len(one.flow.cumulative.dates)):
            bands = {band.stage: band.items[place] for band in one.flow.cumulative.stages}
            assert sum(bands.values()) == one.burnup.scope[one.burnup.dates.index(one.flow.cumulative.dates[place])]
        if one.burnup.scope:
            assert (one.burnup.scope[-1], one.burnup.done[-1]) == (scope.items, scope.done)
        if value.ev.value is not None and value.bac.value is not None:
            assert value.ev.value <= value.bac.value + 0.01
        proofs = [requirement.status for requirement in one.acceptance.requirements]
        covered = sum(status != "UNCOVERED" for status in proofs)
        if proofs:
            assert one.acceptance.coverage == pytest.approx(covered / len(proofs), abs=1e-4)
        if one.forecast.p50 is not None:
            assert one.forecast.p50 <= one.forecast.p85 <= one.forecast.p95
        for simulated in one.forecast.simulations:
            dates = [at for at in (simulated.p50, simulated.p85, simulated.p95) if at is not None]
            assert dates == sorted(dates)


@QUIET
@given(happened=events, day=st.integers(1, 60), seed=st.integers(0, 99))
def test_the_order_of_events_at_one_instant_and_of_rows_changes_nothing(
    story: Any, happened: Any, day: int, seed: int
) -> None:
    history, random = told(story, happened), Random(seed)
    ties = {id_: random.random() for id_ in KEYS}

    def place(change: Change) -> tuple[datetime, float, int, str, int]:
        return (change.at, ties.get(change.item, 0.0), len(change.history), change.history, change.position)

    shuffled = replace(
        history,
        changes=tuple(sorted(history.changes, key=place)),
        links=history.links[::-1],
        worklogs=history.worklogs[::-1],
        merge_requests=history.merge_requests[::-1],
    )
    assert undigested(run(shuffled, day, MONEY)) == undigested(run(history, day, MONEY))


@QUIET
@given(happened=events, day=st.integers(1, 60), key=st.sampled_from(KEYS), at=st.integers(0, 50))
def test_a_change_that_changes_nothing_changes_nothing(story: Any, happened: Any, day: int, key: str, at: int) -> None:
    history = told(story, happened)
    moment, own = T0 + at * DAY + timedelta(seconds=1), [c for c in history.changes if c.item == key]
    before = [c for c in own if c.field is FieldName.STATUS and c.at <= moment]
    status = before[-1].after if before else "todo"
    idle = Change(
        source="jira", item=key, history="idle", position=0, at=moment, author="u1", field=FieldName.STATUS,
        before=status, after=status,
    )  # fmt: skip
    changes = tuple(sorted((*history.changes, idle), key=lambda c: (c.at, len(c.history), c.history, c.position)))

    def figures(assessment: Assessment) -> list[Any]:
        # An edit is an edit: it ends a silence, and is the newest datum. No figure moves.
        return [
            (m.scope, m.ledger, m.burnup, m.flow, m.forecast, m.earned_value, m.health.status)
            for m in assessment.milestones
        ]

    assert figures(run(replace(history, changes=changes), day)) == figures(run(history, day))


@QUIET
@given(happened=events, cut=st.integers(0, 50), late=st.integers(0, 50))
def test_what_comes_after_an_instant_never_alters_it(story: Any, happened: Any, cut: int, late: int) -> None:
    cut, late = sorted((cut, late))
    early = told(story, [event for event in happened if event[0] <= cut])
    more = told(story, [event for event in happened if event[0] <= late])
    assert to_json(run(early, cut + 0.5, MONEY, GATE)) == to_json(run(more, cut + 0.5, MONEY, GATE))


def without(history: History, lost: str) -> History:
    """Take one input away."""
    if lost == "due":
        milestones = tuple(m.model_copy(update={"due": None}) for m in history.milestones)
        return replace(history, milestones=milestones, observations=())
    if lost == "tests":
        bare = tuple(item.model_copy(update={"checklist": ()}) for item in history.items)
        return replace(history, items=bare, executions=(), tests=())
    if lost == "past":
        known = [m for m in history.milestones if m.released_at is None]
        return replace(history, milestones=tuple(known))
    return replace(history, **{lost: ()})


LOSSES = ("due", "tests", "worklogs", "links", "observations", "merge_requests", "executions", "people", "comments")


@pytest.mark.parametrize("lost", LOSSES)
@QUIET
@given(happened=events, day=st.integers(10, 60), due=st.integers(5, 60), kind=st.sampled_from([(), (MONEY, GATE)]))
def test_a_missing_input_never_makes_a_colour_better(
    story: Any, lost: str, happened: Any, day: int, due: int, kind: Any
) -> None:
    history = told(story, happened, due)
    full = [m.health.status for m in run(history, day, *kind).milestones]
    less = [m.health.status for m in run(without(history, lost), day, *kind).milestones]
    for before, after in zip(full, less, strict=True):
        assert after is not HealthStatus.GREEN or before is HealthStatus.GREEN
        if HealthStatus.UNKNOWN not in (before, after):
            assert ORDER.index(after) >= ORDER.index(before)


@QUIET
@given(happened=events, due=st.integers(20, 60))
def test_days_replayed_in_any_order_give_the_colours_that_were_told(story: Any, happened: Any, due: int) -> None:
    history, days = told(story, happened, due), range(10, 50, 8)
    last, in_order = None, []
    for day in days:
        made = ProductSettings.model_validate({**BASE, **MONEY})
        last = assess(
            history, made, product="shop", as_of=T0 + day * DAY, config_digest="c", version="1", previous=last
        )
        in_order.append([m.health.status for m in last.milestones])
    assert [[m.health.status for m in run(history, day, MONEY).milestones] for day in reversed(days)] == in_order[::-1]


_ONCE = """
import json, sys
sys.path.insert(0, {folder!r})
from runpy import run_path
laws = run_path({laws!r})
story = run_path({story!r})["Story"]
happened = [(n, "ABCDEF"[n % 6], ("active", "done", "points", "flag")[n % 4]) for n in range(30)]
print(laws["to_json"](laws["run"](laws["told"](story, happened), 35, laws["MONEY"], laws["GATE"])))
"""


def test_the_same_inputs_give_the_same_bytes_in_every_process() -> None:
    here = Path(__file__)
    code = _ONCE.format(folder=str(here.parents[2]), laws=str(here), story=str(here.parents[1] / "story.py"))
    found = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]
    assert json.loads(found[0])["milestones"][-1]["forecast"]["simulations"]


def test_a_history_has_no_input_that_these_laws_forget() -> None:
    named = {*LOSSES, "items", "changes", "milestones", "statuses", "sources", "tests", "decisions", "deployments"}
    assert {one.name for one in fields(History)} - named == set()
