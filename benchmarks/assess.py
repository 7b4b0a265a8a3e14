"""How long an assessment takes after loading, beside what two peers need for burn-up and throughput alone.

Run ``python benchmarks/assess.py [--peers]``. One product of 20,000 items, 200,000 changes and 12 milestones on one
core; then half and twice as much, to see whether cost is linear; 10,000 trials of 500 items. The rows are written into
a store on SQLite first; what is assessed is what it hands over, and loading is told beside it. On the same rows, in the
same run, burn-up and throughput alone: our own, a plain pandas version, and one in the style of jira-agile-metrics (an
item at a time into a frame of stage dates, then cumulative flow, burn-up, throughput and a Monte Carlo of 100 trials).
The yardsticks need ``pip install --group bench``. With ``--peers`` jira-agile-metrics itself does that for the same
milestones, from issues in the types of its own client library; it is read from the package index into a virtualenv of
its own the first time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.made_up_history import BEGIN, DAYS, SOURCE, history, pages, reference
from benchmarks.places import stores
from pmbridge.assess import assess
from pmbridge.assess.reading import Reading, read
from pmbridge.collector import collector_paused, rare_collection
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import day_begins
from pmbridge.metrics.burnup import burnup
from pmbridge.metrics.replay import snapshot_at
from pmbridge.metrics.windows import window
from pmbridge.model import FieldName, History, StatusCategory
from pmbridge.store import Store, open_store, read_history
from pmbridge.store.ingest import write_page, write_reference, write_source

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


def write(store: Store, rows: History) -> None:
    """Write a history into a store as a sync does, page by page."""
    now = BEGIN + timedelta(days=DAYS)
    with store.write() as conn:
        write_source(conn, SOURCE, "jira", "https://jira.example")
        write_reference(conn, SOURCE, reference(rows), seen_at=now)
    with rare_collection():
        for page in pages(rows):
            with store.write(SOURCE) as conn:
                write_page(conn, SOURCE, page, seen_at=now)


def load(store: Store) -> History:
    """Read the history back."""
    with store.read() as conn:
        return read_history(conn, {SOURCE: ["P"]})


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


def agile_metrics(rows: History) -> str:
    """Let jira-agile-metrics compute its lines of the same milestones, and say what that took.

    `RuntimeError` says why it does not run; it needs pandas and numpy of its own age.
    """
    from benchmarks.peers.issues import by_milestone
    from benchmarks.peers.venvs import python_of

    reader = Path(__file__).parent / "peers" / "readers" / "agile_metrics.py"
    with tempfile.TemporaryDirectory() as folder:
        issues = Path(folder) / "issues.json"
        issues.write_text(json.dumps(by_milestone(rows)))
        try:
            python = python_of("jira-agile-metrics", "pandas<2", "numpy<2")
            done = subprocess.run([python, reader, issues], check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            last = (error.stderr.strip().splitlines() or ["no word"])[-1]
            raise RuntimeError(f"jira-agile-metrics: {last}") from None
    cost = json.loads(done.stdout.splitlines()[-1])
    finished = sum(item.category is StatusCategory.DONE for item in rows.items if item.milestones)
    assert cost["items"] == finished, cost
    return f"jira-agile-metrics {cost['version']} itself, the same with cumulative flow: {cost['cpu']:.2f} s CPU"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="measure jira-agile-metrics from the package index, too")
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    made, seconds = {}, {}
    with stores("sqlite") as new:
        for items in (10_000, 20_000, 40_000):
            with open_store(new()) as store:
                write(store, history(items))
                loading, rows = best(lambda store=store: load(store)), load(store)  # type: ignore[misc]
            made[items], seconds[items] = rows, best(lambda rows=rows: assessed(rows))  # type: ignore[misc]
            rate = f"{1e6 * seconds[items] / len(rows.changes):.1f} us a change"
            told = f"{seconds[items]:5.2f} s CPU, {rate}, after {loading:.2f} s of loading them from SQLite"
            print(f"{items:6,} items, {len(rows.changes):7,} changes: {told}")
    drawn = best(trials)
    print(f"10,000 trials of 500 items: {1000 * drawn:.1f} ms (target {1000 * TARGET_TRIALS_SECONDS:.0f})")
    reading = read(made[20_000], SETTINGS, BEGIN + timedelta(days=DAYS))
    print(f"ours, burn-up and throughput alone, of what has been read: {best(lambda: lines_alone(reading)):.3f} s CPU")
    print(f"ours, the reading included: {best(lambda: lines_with_reading(made[20_000])):.2f} s CPU")
    try:
        # They go through the changes one by one, and are not charged with making them.
        values = replace(made[20_000], changes=tuple(made[20_000].changes))
        for name, peer in (("plain pandas", plain_pandas), ("as jira-agile-metrics", stage_frames)):
            print(f"{name}, burn-up and throughput alone: {best(lambda p=peer: p(values)):.2f} s CPU")  # type: ignore[misc]
    except ImportError:
        print("pandas is not installed, so there is no yardstick: pip install --group bench", file=sys.stderr)
    if options.peers:
        print(agile_metrics(made[20_000]))
    reached = seconds[20_000] < TARGET_SECONDS and drawn < TARGET_TRIALS_SECONDS
    print(f"target of {TARGET_SECONDS:.0f} s for 20,000 items: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
