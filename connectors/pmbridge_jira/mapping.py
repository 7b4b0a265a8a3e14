"""How sure it is that a field means what it is read as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pmbridge.connector import CheckResult, CheckStatus
from pmbridge_jira.fields import SIGNATURES, FieldMap, candidates, custom_type
from pmbridge_jira.settings import AUTO, FieldSettings
from pmbridge_jira.shape import Json

#: What the presence of a meaning gives, and what its absence costs.
_WORTH = {
    "story_points": ("sizes, and forecasts in points", "scope and forecasts count items in place of points"),
    "sprint": ("sprints", "sprints are not seen"),
    "epic": ("epics of older projects", "epics are read from the parent field alone"),
    "flagged": ("impediments", "impediments are not seen"),
    "severity": ("severity of its own", "severity is taken from the priority"),
    "start": ("start dates of items", "items have no start date"),
}

_ALWAYS = "versions as milestones, scope ledger, flow and forecasts in items"


class Ground(StrEnum):
    """Why a field was taken, from the surest to the least sure."""

    CONFIGURED = "configured"
    TYPE = "its type"
    NAME = "its name"


@dataclass(frozen=True, slots=True)
class Match:
    """One field that is read for a meaning; ``rivals`` fit as well by name."""

    meaning: str
    id: str
    name: str
    ground: Ground
    type: str = ""
    rivals: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Nothing else could be meant."""
        return self.ground is not Ground.NAME or not self.rivals

    def __str__(self) -> str:
        why = {
            Ground.CONFIGURED: "as configured",
            Ground.TYPE: f"sure: known by its type {self.type}, which nobody can rename",
            Ground.NAME: "likely: known by its name, and the only one of that name and type",
        }[self.ground]
        if not self.is_sure:
            why = f"unsure: known by its name, as are {', '.join(self.rivals)}"
        return f"{self.id} ({self.name}), {why}"


def matches(known: Sequence[Mapping[str, Any]], found: FieldMap, settings: FieldSettings) -> Iterator[Match]:
    """Tell of every field in ``found`` why it was taken."""
    by_id = {str(field.get("id")): field for field in known}
    for meaning, signature in SIGNATURES.items():
        named = candidates(known, meaning)
        for native in getattr(found, meaning):
            field = by_id.get(native, {})
            kind = custom_type(field)
            by_type = Ground.TYPE if kind in signature.custom else Ground.NAME
            yield Match(
                meaning=meaning,
                id=native,
                name=str(field.get("name") or native),
                ground=by_type if getattr(settings, meaning) == AUTO else Ground.CONFIGURED,
                type=kind,
                rivals=tuple(other for other in named if other != native),
            )


def report(found: Iterable[Match], missing: Iterable[str], newest: Sequence[Json]) -> Iterator[CheckResult]:
    """Report each meaning: where it is read from, how sure that is, and on how many of the newest items it stands."""
    by_meaning: dict[str, list[Match]] = {}
    for match in found:
        by_meaning.setdefault(match.meaning, []).append(match)
    wanting = set(missing)
    for meaning, (_, cost) in _WORTH.items():
        name, fields = f"field {meaning}", by_meaning.get(meaning, [])
        if fields:
            yield _read(name, fields, newest)
        elif meaning in wanting:
            remedy = f"set fields.{meaning} to the field's id"
            yield CheckResult(name=name, status=CheckStatus.WARNING, text=f"not found: {cost}", remedy=remedy)


def _read(name: str, fields: Sequence[Match], newest: Sequence[Json]) -> CheckResult:
    text = "read from " + "; else ".join(map(str, fields))
    remedy = None
    if newest:
        used = sum(any(_holds(issue, field.id) for field in fields) for issue in newest)
        text += f"; holds something on {used} of the {len(newest)} newest items"
    if not all(field.is_sure for field in fields):
        remedy = f"set {name.replace(' ', 's.')} to the id that is meant"
    return CheckResult(name=name, status=CheckStatus.WARNING if remedy else CheckStatus.OK, text=text, remedy=remedy)


def estimation(boards: Mapping[str, str], points: Sequence[str]) -> CheckResult | None:
    """Compare the field in which a project's boards estimate, by their names, with those that are read as points."""
    strange = {field: board for board, field in boards.items() if field.startswith("customfield_")}
    unread = {field: board for field, board in strange.items() if field not in points}
    if not strange:
        return None
    name = "boards estimate"
    if not unread:
        text = f"in {', '.join(strange)}, which is read as story points"
        return CheckResult(name=name, status=CheckStatus.OK, text=text)
    field, board = next(iter(unread.items()))
    text = f"the board {board} estimates in {field}, which is not read"
    remedy = f"set fields.story_points to {field} if that is the size that counts"
    return CheckResult(name=name, status=CheckStatus.WARNING, text=text, remedy=remedy)


def outlook(found: FieldMap, switches: Mapping[str, tuple[bool, str]]) -> Iterator[CheckResult]:
    """Report what can be computed today, and which fields and ``switches`` of the settings would unlock more."""
    offers = [(bool(getattr(found, meaning)), f"fields.{meaning}", gain) for meaning, (gain, _) in _WORTH.items()]
    offers += [(is_on, f"{name}: true", gain) for name, (is_on, gain) in switches.items()]
    today = [_ALWAYS, *(gain for is_there, _, gain in offers if is_there)]
    more = [f"{how} ({gain})" for is_there, how, gain in offers if not is_there]
    yield CheckResult(name="computable today", status=CheckStatus.OK, text="; ".join(today))
    if more:
        yield CheckResult(name="would unlock more", status=CheckStatus.OK, text="; ".join(more))


def _holds(issue: Json, field: str) -> bool:
    return (issue.get("fields") or {}).get(field) not in (None, "", [])
