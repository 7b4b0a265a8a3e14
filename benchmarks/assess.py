"""How long an assessment takes after loading, beside what two peers need for burn-up and throughput alone.

Run ``python benchmarks/assess.py``. One product of 20,000 items, 200,000 changes and 12 milestones on one core; then
half and twice as much, to see whether cost is linear; 10,000 trials of 500 items. On the same rows, in the same run,
burn-up and throughput alone: our own, a plain pandas version, and one in the style of jira-agile-metrics (an item at a
time into a frame of stage dates, then cumulative flow, burn-up, throughput and a Monte Carlo of 100 trials). The
yardsticks need ``pip install --group bench``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.made_up_history import BEGIN, DAYS, history
from pmbridge.assess import assess
from pmbridge.assess.reading import Reading, read
from pmbridge.collector import collector_paused
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import day_begins
from pmbridge.metrics.burnup import burnup
from pmbridge.metrics.replay import snapshot_at
from pmbridge.metrics.windows import window
from pmbridge.model import FieldName, History

#: Requirements are a type of their own, as in most products.
SETTINGS = ProductSettings.model_validate(
    {
        "title": "T",
        "zone": "Europe/Berlin",
        "projects": {"jira": ["P"]},
        "types": {"requirement": ["Requirement"]},
    }
)
TARGET_SECONDS, TARGET_TRIALS_SECONDS = 1.0, 0.05
_REPEATS = 3


def best(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest of a few runs."""
    found = []
    for _ in range(_REPEATS):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def assessed(rows: History) -> object:
    """Assess everything there is."""
    now = BEGIN + timedelta(days=DAYS)
    return assess(rows, SETTINGS, product="p", as_of=now, config_digest="-", version="-")


def lines_alone(reading: Reading) -> object:
    """Compute burn-up and weekly throughput of every milestone and nothing else, of a history that has been read."""
    found, today = {}, reading.today.toordinal()
    for one in reading.milestones:
        lives = reading.visitors(one)
        begin = None if one.start is None else day_begins(one.start, reading.zone)
        weekly = snapshot_at(window(one, lives, (), reading.zone), today, ()).weekly_finishes
        found[one.key] = burnup(lives, one.ids, begin, reading.as_of, reading.zone), weekly
    return found


def lines_with_reading(rows: History) -> object:
    """Read the history, with mirrors, phases and people, and then compute burn-up and throughput alone."""
    with collector_paused():
        return lines_alone(read(rows, SETTINGS, BEGIN + timedelta(days=DAYS)))


def trials() -> object:
    """Simulate 500 open items, 10,000 times."""
    from pmbridge.metrics.simulation.autoregressive import nb_ar
    from pmbridge.metrics.simulation.history import Weeks
    from pmbridge.metrics.simulation.seed import Seed
    from pmbridge.metrics.simulation.trials import Question

    weeks = Weeks((3, 7, 4, 9, 2, 6, 5, 8, 1, 5, 7, 3) * 2)
    return nb_ar(weeks, Question(500, horizon=300), Seed(0, "1.0", 739_000).generator())


def plain_pandas(rows: History) -> object:
    """Compute burn-up and weekly throughput of every milestone from a frame of changes."""
    import pandas

    changes = pandas.DataFrame(
        [(c.item, c.at, c.field.value, c.after) for c in rows.changes], columns=["item", "at", "field", "after"]
    )
    joins = changes[changes.field == "milestones"].drop_duplicates("item").set_index("item")
    done = changes[(changes.field == "status") & (changes.after == "3")].groupby("item")["at"].max()
    members = joins.assign(done=done)
    days = pandas.date_range(BEGIN.date(), periods=DAYS, freq="D", tz="UTC")
    found = {}
    for name, own in members.groupby("after"):
        lines = {
            column: own[source].dropna().dt.floor("D").value_counts().reindex(days, fill_value=0).cumsum()
            for column, source in (("scope", "at"), ("done", "done"))
        }
        weekly = own["done"].dropna().to_frame("n").set_index("n").resample("W").size()
        found[name] = (pandas.DataFrame(lines), weekly)
    return found


def stage_frames(rows: History) -> object:
    """Work an item at a time into a frame of stage dates, as jira-agile-metrics does, and derive its charts."""
    import numpy
    import pandas

    by_item: dict[str, list[Any]] = {}
    for change in rows.changes:
        by_item.setdefault(change.item, []).append(change)
    records = []
    for item in rows.items:
        dates: dict[str, Any] = {"To Do": item.created_at, "In Progress": pandas.NaT, "Done": pandas.NaT}
        for change in by_item.get(item.id, []):
            if change.field is FieldName.STATUS:
                stage = {"1": "To Do", "2": "In Progress", "3": "Done"}[change.after]
                if pandas.isna(dates[stage]):
                    dates[stage] = change.at
        records.append({"key": item.key, "milestone": item.milestones[0] if item.milestones else None, **dates})
    frame = pandas.DataFrame(records)
    stages = ["To Do", "In Progress", "Done"]
    days = pandas.date_range(BEGIN.date(), periods=DAYS, freq="D", tz="UTC")
    found = {}
    for name, own in frame.groupby("milestone"):
        flow = pandas.DataFrame(
            {s: pandas.to_datetime(own[s], utc=True).dropna().dt.floor("D").value_counts() for s in stages}
        )
        flow = flow.reindex(days).fillna(0).cumsum()
        weekly = flow["Done"].resample("W").max().diff().fillna(0)
        recent = flow["Done"].diff().fillna(0).to_numpy()[-90:]
        left, ends = float(flow["To Do"].iloc[-1] - flow["Done"].iloc[-1]), []
        for _ in range(100):
            total, day = 0.0, 0
            while total < left and day < 1000 and recent.any():
                total += numpy.random.choice(recent)
                day += 1
            ends.append(day)
        found[name] = (flow, weekly, ends)
    return found


def main() -> int:
    """Print the table; 1 where a target is missed."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    made = {items: history(items) for items in (10_000, 20_000, 40_000)}
    seconds = {items: best(lambda rows=rows: assessed(rows)) for items, rows in made.items()}  # type: ignore[misc]
    for items, rows in made.items():
        rate = 1e6 * seconds[items] / len(rows.changes)
        print(f"{items:6,} items, {len(rows.changes):7,} changes: {seconds[items]:6.2f} s CPU, {rate:.1f} us a change")
    drawn = best(trials)
    print(f"10,000 trials of 500 items: {1000 * drawn:.1f} ms (target {1000 * TARGET_TRIALS_SECONDS:.0f})")
    reading = read(made[20_000], SETTINGS, BEGIN + timedelta(days=DAYS))
    print(f"ours, burn-up and throughput alone, of what has been read: {best(lambda: lines_alone(reading)):.3f} s CPU")
    print(f"ours, the reading included: {best(lambda: lines_with_reading(made[20_000])):.2f} s CPU")
    try:
        for name, peer in (("plain pandas", plain_pandas), ("as jira-agile-metrics", stage_frames)):
            print(f"{name}, burn-up and throughput alone: {best(lambda p=peer: p(made[20_000])):.2f} s CPU")  # type: ignore[misc]
    except ImportError:
        print("pandas is not installed, so there is no yardstick: pip install --group bench", file=sys.stderr)
    reached = seconds[20_000] < TARGET_SECONDS and drawn < TARGET_TRIALS_SECONDS
    print(f"target of {TARGET_SECONDS:.0f} s for 20,000 items: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
