"""How long it takes to assess the bugs of a launch, and whether that grows in proportion to their number.

Run it with ``python benchmarks/bugs.py``. It makes up a product with one launched milestone and bugs with histories of
five changes each, reads it, and times what follows: the survey of all bugs and the section of the contract. Each time
it reads anew, so that nothing is at hand that was made before.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pmbridge.assess.acceptance import gather
from pmbridge.assess.bugs import bugs, survey
from pmbridge.assess.reading import Reading, read
from pmbridge.collector import collector_paused
from pmbridge.config.product import ProductSettings
from pmbridge.model import (
    Change,
    FieldName,
    History,
    Item,
    Link,
    LinkKind,
    Milestone,
    MilestoneKind,
    MilestoneState,
    StatusCategory,
    StatusDefinition,
)

SIZES = (5_000, 10_000, 20_000, 40_000)
REPEATS = 5
#: Seconds for the largest size.
TARGET = 1.0

LAUNCH = datetime(2026, 1, 12, 9, tzinfo=UTC)
AS_OF = LAUNCH + timedelta(days=170)
STATUSES = (
    ("1", StatusCategory.TODO),
    ("2", StatusCategory.ACTIVE),
    ("3", StatusCategory.WAITING),
    ("4", StatusCategory.DONE),
)
SEVERITIES = ("blocker", "critical", "major", "minor")
SETTINGS = ProductSettings.model_validate(
    {
        "title": "Web shop",
        "zone": "Europe/Berlin",
        "projects": {"jira": ["SHOP", "HELP"]},
        "bugs": {
            "sla": {"blocker": "2bd", "critical": "5bd", "major": "10bd", "minor": "30bd"},
            "handoff": {"support": {"jira": ["HELP"]}, "escalated": ["Waiting for engineering"]},
        },
    }
)


def history(size: int) -> History:
    """Make up a product: nine tenths are bugs, one tenth support tickets; one in twelve bugs is a duplicate."""
    dice = random.Random(7)
    rows = [_bug(number, dice) for number in range(size)]
    items = tuple(item for item, _ in rows)
    return History(
        items=items,
        changes=tuple(change for _, own in rows for change in own),
        milestones=(_milestone(),),
        links=tuple(_links(items, dice)),
        statuses=tuple(StatusDefinition(source="jira", id=i, name=i, category=c) for i, c in STATUSES),
    )


def _milestone() -> Milestone:
    return Milestone(
        source="jira",
        id="version:1",
        native_id="1",
        kind=MilestoneKind.VERSION,
        project="SHOP",
        title="2.0",
        state=MilestoneState.RELEASED,
        start=date(2025, 9, 1),
        due=date(2026, 1, 12),
        released_at=LAUNCH,
    )


def _bug(number: int, dice: random.Random) -> tuple[Item, list[Change]]:
    support = number % 10 == 9
    created = LAUNCH + timedelta(days=min(165.0, dice.expovariate(1 / 40)), seconds=number % 997)
    moves, category, at = [], "1", created
    for position, status in enumerate(("2", "3", "2", "4")):
        at += timedelta(days=dice.expovariate(1 / 3))
        if at >= AS_OF:
            break
        moves.append(_change(number, position, at, FieldName.STATUS, category, status))
        category = status
    severity = dice.choice(SEVERITIES)
    earlier = dice.choice(SEVERITIES)
    moves.append(_change(number, 9, created + timedelta(hours=3), FieldName.SEVERITY, earlier, severity))
    item = Item(
        source="jira",
        id=str(number),
        key=f"{'HELP' if support else 'SHOP'}-{number}",
        project="HELP" if support else "SHOP",
        url=f"https://jira.example/browse/SHOP-{number}",
        title=f"Bug {number}",
        type="Task" if support else "Bug",
        status=category,
        status_name=category,
        category=dict(STATUSES)[category],
        created_at=created,
        updated_at=max(change.at for change in moves),
        author=f"person-{number % 50}",
        severity=severity,
        components=(f"component-{number % 12}",),
        affects=() if support else ("version:1",),
    )
    return item, sorted(moves, key=lambda change: change.at)


def _change(number: int, position: int, at: datetime, field: FieldName, before: str, after: str) -> Change:
    return Change(
        source="jira",
        item=str(number),
        history=f"{number}{position}",
        position=0,
        at=at,
        field=field,
        before=before,
        after=after,
    )


def _links(items: tuple[Item, ...], dice: random.Random) -> Iterator[Link]:
    for number, item in enumerate(items):
        if item.project == "HELP":
            yield _link(number, item, items[number - 1], LinkKind.RELATES)
        elif number % 12 == 11:
            other = items[dice.randrange(number)]
            if other.project == "SHOP":
                yield _link(number, item, other, LinkKind.DUPLICATES)


def _link(number: int, item: Item, target: Item, kind: LinkKind) -> Link:
    return Link(source="jira", id=str(number), item=item.id, target=target.id, kind=kind, type=kind, phrase=kind)


def measure(size: int) -> float:
    """Return the seconds of work from a history that has been read to the section of the contract, the best of some."""
    return min(_once(read(told, SETTINGS, AS_OF)) for told in [history(size)] for _ in range(REPEATS))


def _once(reading: Reading) -> float:
    evidence = gather(reading, SETTINGS)
    with collector_paused():
        begin = time.process_time()
        section = bugs(reading.milestones[0], survey(reading, SETTINGS), evidence)
        seconds = time.process_time() - begin
    assert section.defects
    return seconds


def main() -> int:
    """Print the figures and keep them as JSON; fail where the target or proportion is missed."""
    rows = []
    for size in SIZES:
        rows.append({"bugs": size, "seconds": round(measure(size), 3)})
        print(f"{size:>7,} bugs: {rows[-1]['seconds']:.3f} s", flush=True)
    largest, half = rows[-1]["seconds"], rows[-2]["seconds"]
    kept = Path(__file__).parent / "results" / "bugs.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"target_seconds": TARGET, "sizes": rows}, indent=2) + "\n", encoding="utf-8")
    print(f"target {TARGET:.1f} s; twice the bugs take {largest / half:.2f} times as long")
    return 0 if largest < TARGET and largest < 2.6 * half else 1


if __name__ == "__main__":
    sys.exit(main())
