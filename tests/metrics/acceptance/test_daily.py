from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge.metrics.acceptance.daily import Watched, daily
from pmbridge.metrics.acceptance.matrix import matrix
from pmbridge.metrics.acceptance.requirement import Priority, Requirement, Status
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.metrics.acceptance.standing import Reading, proof
from pmbridge.model import Execution, ExecutionStatus, Origin, TestCase

T0 = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 12
ENDS = [T0 + timedelta(days=day) for day in range(1, DAYS + 1)]
MAX_AGE = timedelta(days=4)


def hour(value: int | None) -> datetime | None:
    return None if value is None else T0 + timedelta(hours=value)


HOURS = st.integers(0, 24 * DAYS).map(hour)
KEYS = [f"R-{n}" for n in range(4)]


@st.composite
def requirements(draw: Any) -> list[Watched]:
    found = []
    for key in KEYS:
        begin = draw(HOURS)
        end = draw(st.none() | st.integers(1, 200))
        stays = [(begin, None if end is None else begin + timedelta(hours=end))]
        parent = draw(st.none() | st.sampled_from(KEYS))
        one = Requirement(key=key, parent=parent, priority=draw(st.sampled_from(list(Priority))))
        found.append(Watched(one, stays, draw(st.lists(HOURS, max_size=2))))
    return found


@st.composite
def worlds(draw: Any) -> tuple[list[TestCase], dict[str, list[Execution]], dict[tuple[str, str], list[str]]]:
    tests, runs, covers = [], {}, {}
    for n in range(draw(st.integers(0, 4))):
        id_ = f"T-{n}"
        rows = [
            Execution(
                source="s", id=f"{id_}@{i}", test=id_, status=draw(st.sampled_from(list(ExecutionStatus))),
                at=draw(HOURS), environment=draw(st.sampled_from([None, "live", "lab"])),
            )
            for i in range(draw(st.integers(0, 4)))
        ]  # fmt: skip
        born = min([row.at for row in rows], default=T0)
        tests.append(
            TestCase(
                source="s", id=id_, key=id_, title=id_, origin=Origin.TEST_ISSUE,
                created_at=draw(st.none() | st.just(born)), changed_at=draw(st.none() | HOURS),
            )
        )  # fmt: skip
        runs[id_] = rows
        covers["s", id_] = draw(st.lists(st.sampled_from(KEYS), max_size=2, unique=True))
    return tests, runs, covers


def by_the_matrix(watched: list[Watched], world: Any, reading: Reading, end: datetime) -> dict[str, int]:
    """Judge one day by the code that judges the gate, from what was known by then."""
    tests, runs, covers = world
    present = [w for w in watched if any(a <= end and (b is None or end < b) for a, b in w.stays)]
    needs = [
        Requirement(
            key=w.requirement.key, parent=w.requirement.parent, priority=w.requirement.priority,
            text_changed_at=max([at for at in w.text_changes if at <= end], default=None),
        )
        for w in present
    ]  # fmt: skip
    how = Reading(
        Freshness(end, MAX_AGE),
        environments=reading.environments,
        unnamed=reading.unnamed,
        quarantined=reading.quarantined,
    )
    proofs = []
    for test in tests:
        born = test.created_at or min([row.at for row in runs[test.id]], default=T0)
        if born <= end:
            changed = test.changed_at if test.changed_at is not None and test.changed_at <= end else None
            known = [row for row in runs[test.id] if row.at <= end]
            proofs.append(proof(test.model_copy(update={"changed_at": changed}), known, how))
    rows = matrix(needs, proofs, covers).rows
    counts = {one.value: sum(r.status is one and (one is not Status.OK or r.met) for r in rows) for one in Status}
    musts = sum(row.met and row.requirement.priority is Priority.MUST for row in rows)
    return counts | {"stale": sum(row.fresh is False for row in rows), "musts": musts}


@settings(max_examples=300, deadline=None)
@given(requirements(), worlds(), st.sampled_from([(), ("live",), ("live", "stage")]), st.booleans())
def test_every_day_is_counted_as_the_gate_would_have_judged_it(watched, world, environments, quarantine):
    tests, runs, covers = world
    barred = frozenset({("s", "T-0")} if quarantine else ())
    reading = Reading(Freshness(ENDS[-1], MAX_AGE), environments=environments, unnamed="live", quarantined=barred)
    found = daily(watched, [proof(test, runs[test.id], reading) for test in tests], covers, ENDS)
    for day, end in enumerate(ENDS):
        told = {one.value: found.counts[one][day] for one in Status}
        told |= {"stale": found.stale[day], "musts": int(found.musts[:, day].sum())}
        assert told == by_the_matrix(watched, world, reading, end), end


@given(requirements(), worlds())
@settings(deadline=None)
def test_the_statuses_add_up_to_the_scope_and_the_scope_to_what_came_and_went(watched, world):
    tests, runs, covers = world
    reading = Reading(Freshness(ENDS[-1], MAX_AGE))
    found = daily(watched, [proof(test, runs[test.id], reading) for test in tests], covers, ENDS)
    inside = [sum(any(a <= end and (b is None or end < b) for a, b in w.stays) for w in watched) for end in ENDS]
    assert list(found.scope) == inside
    moved = [inside[0] + sum(found.joined[: n + 1]) - sum(found.left[: n + 1]) for n in range(DAYS)]
    assert moved == inside
