from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from pmbridge.metrics.bugflow.bug import Bug, Defect, Graded, Outcome, Turn
from pmbridge.model import StatusCategory

T0 = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
_NUMBERS = count(1)

MakeBug = Callable[..., Bug]


def day(number: float) -> datetime:
    """Return the instant so many days after the launch of the tests."""
    return T0 + timedelta(days=number)


def make_bug(
    created: float = 1.0,
    *,
    ended: float | Sequence[float] = (),
    reopened: Sequence[float] = (),
    outcome: Outcome | None = None,
    severity: str | None = None,
    severities: Sequence[tuple[float, str | None]] = (),
    **more: Any,
) -> Bug:
    number = more.pop("number", None) or next(_NUMBERS)
    ends = [ended] if isinstance(ended, int | float) else list(ended)
    told = [Turn(day(at), category) for at, category in more.pop("turns", ())]
    turns = [] if told else [Turn(day(created), StatusCategory.TODO)]
    turns += [Turn(day(at), StatusCategory.DONE) for at in ends]
    turns += [Turn(day(at), StatusCategory.ACTIVE) for at in reopened]
    still_open = len(ends) == len(reopened)
    words = [(created, severity)] if severity else list(severities)
    return Bug(
        id=more.pop("id", ("jira", str(number))),
        key=more.pop("key", f"SHOP-{number}"),
        created_at=day(created),
        turns=(*told, *sorted(turns)),
        outcome=outcome or (Outcome.OPEN if still_open else Outcome.FIXED),
        severities=tuple(Graded(day(at), word) for at, word in words),
        **more,
    )


def make_defect(created: float = 1.0, **more: Any) -> Defect:
    root = make_bug(created, **more)
    return Defect(root, (root,), root.created_at)


@pytest.fixture(scope="session")
def at() -> Callable[[float], datetime]:
    return day


@pytest.fixture(scope="session")
def bug() -> MakeBug:
    return make_bug


@pytest.fixture(scope="session")
def defect() -> Callable[..., Defect]:
    return make_defect
