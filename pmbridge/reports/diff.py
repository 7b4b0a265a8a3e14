"""What changed about a milestone between two instants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from pmbridge.assessment import Assessment, Figure, MilestoneAssessment, Risk
from pmbridge.document import Block, Bullets, Document, Heading, Line, Note, Paragraph, Table, line
from pmbridge.reports import phrases
from pmbridge.reports.sections import scope_change, strong

_MOST = 12
#: A sign that has turned into a graver one is not gone.
_GRAVER = {"ageing": "critical age"}


def diff_page(
    before: Assessment, then: MilestoneAssessment | None, after: Assessment, now: MilestoneAssessment
) -> Document:
    """Set two assessments of one milestone side by side, then list what happened to its scope and risks."""
    since = phrases.local_day(before.as_of, after.zone)
    blocks: list[Block] = [Heading(level=2, content=line(f"{now.title}: what changed since {since}"))]
    if then is None:
        blocks.append(Paragraph(content=line(f"{now.title} did not exist yet on {since}.")))
    else:
        blocks += _table(then, now)
        blocks += _moves(then, now, after.zone)
        blocks += _risks(then, now)
    note = f"{before.as_of:%Y-%m-%d %H:%M} to {after.as_of:%Y-%m-%d %H:%M} UTC · pmbridge {after.version}"
    blocks.append(Note(content=line(note), volatile=True))
    return Document(blocks=tuple(blocks))


def _table(then: MilestoneAssessment, now: MilestoneAssessment) -> Iterator[Block]:
    rows = [row for row in _rows(then, now) if row[1] != row[2]]
    if not rows:
        yield Paragraph(content=line("Nothing that is measured has changed."))
        return
    header = tuple(line(cell) for cell in ("", "then", "now"))
    yield Table(header=header, rows=tuple(tuple(line(cell) for cell in row) for row in rows))


def _rows(then: MilestoneAssessment, now: MilestoneAssessment) -> Iterator[tuple[str, str, str]]:
    for name, get in (
        ("health", lambda m: m.health.status.value),
        ("due", lambda m: phrases.day(m.due)),
        ("even odds (50 %)", lambda m: _day(m.forecast.p50)),
        ("likely (85 %)", lambda m: _day(m.forecast.p85)),
        ("on time", lambda m: phrases.chance(m.forecast.on_time_probability, m.forecast.confidence)),
        ("items in scope", lambda m: str(m.scope.items)),
        ("done", lambda m: str(m.scope.done)),
        ("in progress", lambda m: str(m.scope.active + m.scope.waiting)),
        ("points done", lambda m: phrases.number(m.scope.points_done)),
        ("spent", lambda m: _spent(m.earned_value.ac)),
        ("schedule index", lambda m: _written(m.earned_value.spi_t)),
        ("warning signs", lambda m: str(len(m.risks))),
    ):
        yield name, get(then), get(now)


def _moves(then: MilestoneAssessment, now: MilestoneAssessment, zone: str) -> Iterator[Block]:
    known = {entry.change for entry in then.ledger.entries}
    fresh = [entry for entry in now.ledger.entries if entry.change not in known]
    if fresh:
        yield Paragraph(content=line(strong("Scope: "), phrases.count(len(fresh), "change")))
        yield Bullets(items=(*(scope_change(one, zone) for one in fresh[-_MOST:]), *_rest(len(fresh), "earlier")))


def _risks(then: MilestoneAssessment, now: MilestoneAssessment) -> Iterator[Block]:
    before, after = ({_name(risk): risk for risk in m.risks} for m in (then, now))
    graver = {name for name in before if (_GRAVER.get(name[0]), name[1]) in after}
    for title, keys, source in (
        ("New warning signs", after.keys() - before.keys(), after),
        ("Warning signs that are gone", before.keys() - after.keys() - graver, before),
    ):
        if keys:
            found = [source[key] for key in source if key in keys]
            yield Paragraph(content=line(strong(f"{title}: "), str(len(found))))
            named = (line(f"{risk.severity}: {risk.text}") for risk in found[:_MOST])
            yield Bullets(items=(*named, *_rest(len(found), "more")))


def _rest(number: int, word: str) -> Iterator[Line]:
    if number > _MOST:
        yield line(f"… and {number - _MOST} {word}.")


def _name(risk: Risk) -> tuple[str, str | None]:
    return risk.signal, risk.item


def _spent(value: Figure) -> str:
    """Write money without cents, as everywhere else, and nothing of why there is none."""
    return _written(value, phrases.amount)


def _written(value: Figure, written: Callable[[float | None], str] = phrases.number) -> str:
    return "–" if value.value is None else phrases.figure(value, written)


def _day(value: date | None) -> str:
    return phrases.day(value)
