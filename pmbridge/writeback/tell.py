"""Plans, outcomes and receipts as documents, for people who decide or look back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set

from pmbridge.connector import WRITING, Action, Place, Step
from pmbridge.document import Block, Bullets, Colour, Document, Heading, Line, Link, Paragraph, Status, Table, line
from pmbridge.model import RefKind
from pmbridge.store.ledger import Receipt
from pmbridge.writeback.apply import Outcome, Row
from pmbridge.writeback.plan import Plan

_COLOURS = {
    Action.CREATE: Colour.GREEN,
    Action.UPDATE: Colour.BLUE,
    Action.DELETE: Colour.RED,
    Action.PRUNE: Colour.RED,
    Action.CONFLICT: Colour.AMBER,
    Action.KEEP: Colour.GREY,
    Action.SKIP: Colour.GREY,
}

_OUTCOMES = {
    Outcome.DONE: Colour.GREEN,
    Outcome.FAILED: Colour.RED,
    Outcome.UNKNOWN: Colour.AMBER,
    Outcome.STALE: Colour.AMBER,
    Outcome.STOPPED: Colour.AMBER,
}


def plan_page(plan: Plan, *, only: Set[Action] = frozenset(Action)) -> Document:
    """Show every decision with its reason, or those of some actions, and all of them counted in one sentence."""
    rows = tuple(
        (
            line(Status(text=step.action.value, colour=_COLOURS[step.action])),
            where(step.place),
            line(f"{step.place.surface.value} · {step.place.slot}"),
            line(step.reason),
            line(_MAILS[step.notifies] if step.action in WRITING else "–"),
        )
        for step in plan.steps
        if step.action in only
    )
    header = ("Action", "Where", "What", "Why", "Notifies")
    blocks: list[Block] = [Heading(level=2, content=line("Plan")), Paragraph(content=line(summary(plan)))]
    if rows:
        blocks.append(Table(header=tuple(line(cell) for cell in header), rows=rows))
    return Document(blocks=tuple(blocks))


def text_page(step: Step) -> Document:
    """Show the text of one step under the place where it would stand."""
    blocks = step.artifact.document.blocks if step.artifact else ()
    title = line(f"━━ {step.action.value} ", *where(step.place), f" ({step.place.surface.value})")
    return Document(blocks=(Heading(level=2, content=title), *blocks))


def summary(plan: Plan) -> str:
    """Count what a plan would do, in words."""
    if not plan.steps:
        return "There is nothing to write."
    counts = Counter(step.action for step in plan.steps)
    parts = [f"{counts[action]} to {verb}" for action, verb in _VERBS if counts[action]]
    left = [f"{counts[action]} {words}" for action, words in _LEFT if counts[action]]
    return f"{', '.join(parts) or 'Nothing to write'}; {', '.join(left) or 'nothing is left as it is'}."


_MAILS = {"nobody": "nobody", "watchers": "watchers, by mail", "customer": "the customer, by mail"}

_VERBS = (
    (Action.CREATE, "create"),
    (Action.UPDATE, "edit in place"),
    (Action.PRUNE, "prune"),
    (Action.DELETE, "delete"),
)
_LEFT = ((Action.KEEP, "unchanged"), (Action.SKIP, "skipped"), (Action.CONFLICT, "in conflict"))


def where(place: Place) -> Line:
    """Name a place by what people call it."""
    target = place.target
    text = target.key if target.kind is RefKind.ITEM else f"{target.project} {target.key}"
    return line(f"{target.source} ", Link(text=text, url=target.url) if target.url else text)


def rows_page(rows: Sequence[Row]) -> Document:
    """Show what became of each step."""
    header = ("Outcome", "Action", "Where", "Surface", "Link or reason")
    shown = tuple(
        (
            line(Status(text=row.outcome.value.upper(), colour=_OUTCOMES[row.outcome])),
            line(row.step.action.value),
            where(row.step.place),
            line(row.step.place.surface.value),
            line(row.error or row.url or ""),
        )
        for row in rows
    )
    table = Table(header=tuple(line(cell) for cell in header), rows=shown)
    return Document(blocks=(Heading(level=2, content=line("Written")), table))


def log_page(receipts: Sequence[Receipt], *, texts: bool = False) -> Document:
    """Show receipts, oldest first; with ``texts`` also what stood there before, where that was kept."""
    if not receipts:
        return Document(blocks=(Paragraph(content=line("No such write is recorded.")),))
    header = ("At (UTC)", "Run", "Action", "Where", "Surface", "Slot", "Outcome", "Notified")
    rows = tuple(
        tuple(
            line(cell)
            for cell in (
                f"{r.at:%Y-%m-%d %H:%M:%S}",
                r.run_id,
                r.action,
                _place_of(r),
                r.surface,
                r.slot,
                f"{r.outcome.value}: {r.error}" if r.error else r.outcome.value,
                r.notifies,
            )
        )
        for r in receipts
    )
    table = Table(header=tuple(line(cell) for cell in header), rows=rows)
    return Document(blocks=(table, *(_previous(receipts) if texts else ())))


def _previous(receipts: Sequence[Receipt]) -> Iterator[Block]:
    for one in receipts:
        if one.previous_text is not None:
            title = f"Before {one.action} of {one.at:%Y-%m-%d %H:%M:%S} at {_place_of(one)} ({one.surface}):"
            yield Paragraph(content=line(title))
            yield Bullets(items=tuple(line(text) for text in one.previous_text.splitlines() if text.strip()))


def _place_of(one: Receipt) -> str:
    return f"{one.source} {one.key}" if ":item:" in one.target else f"{one.source} {one.project} {one.key}"
