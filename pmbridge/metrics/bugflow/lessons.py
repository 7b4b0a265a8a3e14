"""What let defects escape: requirements that came late, requirements without a test, tests that saw nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Defect
from pmbridge.metrics.bugflow.components import by_component as counted
from pmbridge.metrics.bugflow.groups import Defects


class Gap(StrEnum):
    """Why nobody saw a defect before its users did."""

    NO_REQUIREMENT = "no requirement is linked"
    NO_TEST = "its requirement has no test"
    LATE_REQUIREMENT = "its requirement came late"
    NOT_RUN = "its test was not run"
    MISSED = "its test passed and missed it"


@dataclass(frozen=True, slots=True)
class Basis:
    """A requirement: whether it came into the release in the last quarter of its time, and its tests.

    ``tests`` and ``passed`` are keys of tests.
    """

    key: str
    late: bool
    tests: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """One escaped defect with what was missing for it."""

    defect: str
    component: str | None
    gap: Gap
    requirement: str | None = None
    tests: tuple[str, ...] = ()


def lessons(defects: Iterable[Defect], bases: Mapping[ItemId, Sequence[Basis]]) -> tuple[Lesson, ...]:
    """Ask of every defect what was missing; ``bases`` are the requirements each is linked to, by its report."""
    found = []
    for defect in defects:
        linked = [basis for report in defect.reports for basis in bases.get(report.id, ())]
        found.append(_lesson(defect, linked))
    return tuple(found)


def _lesson(defect: Defect, linked: Sequence[Basis]) -> Lesson:
    key, component = defect.root.key, defect.root.component
    if not linked:
        return Lesson(key, component, Gap.NO_REQUIREMENT)
    basis = min(linked, key=lambda one: (bool(one.tests), not one.late, one.key))
    if not basis.tests:
        return Lesson(key, component, Gap.LATE_REQUIREMENT if basis.late else Gap.NO_TEST, basis.key)
    gap = Gap.MISSED if basis.passed else Gap.NOT_RUN
    return Lesson(key, component, gap, basis.key, basis.passed or basis.tests)


@dataclass(frozen=True, slots=True)
class ComponentLesson:
    """Escaped defects of one component beside what was there to catch them."""

    component: str
    escaped: int
    requirements: int
    tested: int
    late: int


def by_component(defects: Iterable[Defect], bases: Iterable[tuple[str | None, Basis]]) -> tuple[ComponentLesson, ...]:
    """Set escaped defects beside the requirements of their component, the most escaped first."""
    escaped = counted(Defects.of(defects))
    known: dict[str, list[Basis]] = {}
    for component, basis in bases:
        if component is not None:
            known.setdefault(component, []).append(basis)
    rows = [
        ComponentLesson(
            component=name,
            escaped=count,
            requirements=len(known.get(name, ())),
            tested=sum(bool(basis.tests) for basis in known.get(name, ())),
            late=sum(basis.late for basis in known.get(name, ())),
        )
        for name, count in escaped.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.escaped, row.component)))
