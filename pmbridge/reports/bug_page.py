"""The daily hypercare page as one HTML file: no script, nothing loaded from elsewhere, one sheet when printed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pmbridge.assessment import Assessment, Bugs, MilestoneAssessment
from pmbridge.document import Block, Bullets, Heading, Paragraph, Table, line
from pmbridge.reports import bug_tables, bugs, phrases
from pmbridge.reports.audit import provenance
from pmbridge.reports.bug_actions import actions
from pmbridge.reports.bug_pictures import pictures
from pmbridge.reports.charts import Plot
from pmbridge.reports.stable_words import came_later

#: What fits on a sheet beside the pictures.
_ACTIONS, _CHAINS, _ALARMS = 6, 8, 3


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    address: str


def page(assessment: Assessment, milestone: MilestoneAssessment) -> str:
    """Write the page of a launched milestone, or one that says why there is nothing to tell."""
    heading = line(bugs.state(milestone.bugs), " ", f"{milestone.title}: bugs since the launch")
    told = _told(assessment, milestone) if bugs.is_launched(milestone) else _untold(milestone.bugs)
    return _render(
        title=f"{milestone.title} · {assessment.title}",
        heading=heading,
        notes=_plain([provenance(assessment, milestone)]),
        **told,
    )


def _told(assessment: Assessment, milestone: MilestoneAssessment) -> dict[str, Any]:
    found = milestone.bugs
    return {
        "summary": bugs.summary(found, assessment.zone),
        "facts": list(_facts(found)),
        "today": _plain([Heading(level=3, content=line("Today")), Bullets(items=tuple(actions(found))[:_ACTIONS])]),
        "outlook": _plain(_outlook(found)),
        "pictures": [_Shown(plot.text, _address(plot)) for plot in pictures(found)],
        "holding": _plain(_holding(found)),
        "measures": _plain(_measures(found, assessment.zone)),
    }


def _untold(found: Bugs) -> dict[str, Any]:
    words = found.reasons[0] if found.reasons else "not launched yet"
    empty = ("facts", "today", "outlook", "pictures", "holding", "measures")
    return {"summary": f"Nothing to tell: {words}.", **{name: [] for name in empty}}


def _facts(found: Bugs) -> Iterator[tuple[str, str]]:
    """Choose the numbers that are read first."""
    yield "open now", str(found.backlog)
    yield "of these grave", str(len(found.grave))
    week = sum(found.series.arrivals[-7:]), sum(found.series.closures[-7:])
    yield "last 7 days, in / out", f"{week[0]} / {week[1]}"
    yield "half resolved in", _brief(found.time_to_resolve_p50.value, "days")
    yield "promises kept", phrases.percent(found.sla_attainment.value)
    yield "failed deployments", phrases.percent(found.change_fail_rate.value)
    if found.stabilised_on:
        later, on = came_later(found), phrases.day(found.stabilised_on)
        yield ("stabilised on", f"{on} ({later} came later)") if later else ("stable since", on)
    elif found.hypercare:
        yield "stable at the earliest", phrases.day(found.hypercare.settled_by)


def _brief(value: float | None, unit: str) -> str:
    return "not known" if value is None else f"{phrases.number(value)} {unit}"


def _outlook(found: Bugs) -> Iterator[Block]:
    yield Heading(level=3, content=line("What is to come"))
    yield Paragraph(content=line(bugs.to_come(found)))
    yield Paragraph(content=line(bugs.exit_words(found)))
    if found.alerts:
        yield Heading(level=3, content=line("Alarms so far"))
        latest = found.alerts[-_ALARMS:]
        yield Bullets(items=tuple(line(alert.text, " Ongoing." if alert.ongoing else "") for alert in latest))


def _holding(found: Bugs) -> Iterator[Block]:
    yield Heading(level=3, content=line("Who holds what"))
    for block in bug_tables.handoffs(found):
        if isinstance(block, Table):
            over = max(0, len(block.rows) - _CHAINS)
            block = block.model_copy(update={"rows": block.rows[:_CHAINS], "left_out": block.left_out + over})
        yield block


def _measures(found: Bugs, zone: str) -> Iterator[Block]:
    yield Heading(level=3, content=line("How long, how well"))
    yield from bug_tables.times(found)
    yield from bug_tables.ratios(found)
    yield from bug_tables.deployments(found, zone)


def _address(plot: Plot) -> str:
    """Carry a picture within the page: as an image it can run nothing, whatever its text is."""
    return f"data:image/svg+xml;base64,{b64encode(plot.svg().encode()).decode()}"


def _plain(found: Iterable[Block]) -> list[Mapping[str, Any]]:
    """Hand blocks to the template as plain data; ``items`` would be taken for the method of a dictionary."""
    return [{**block.model_dump(mode="json"), "items_": _items(block)} for block in found]


def _items(block: Block) -> Sequence[Any]:
    return block.model_dump(mode="json")["items"] if isinstance(block, Bullets) else ()


def _render(**values: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    rooms = Environment(loader=PackageLoader("pmbridge.reports"), autoescape=True, undefined=StrictUndefined)
    rooms.tests["web"] = lambda url: str(url).startswith(("https://", "http://"))
    return rooms.get_template("hypercare.html").render(**values)
