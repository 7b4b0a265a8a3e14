"""Certificates as a document: what each source's run has proven, and every gap by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.document import Block, Bullets, Colour, Document, Heading, Paragraph, Status, Table, line
from pmbridge.sync import Certificate, Gap

_COLOURS = {"complete": Colour.GREEN, "partial": Colour.AMBER, "failed": Colour.RED}

#: How many items of a gap are named before they are only counted.
NAMED = 8
#: Clocks that differ by more seconds are worth a word.
MAX_SKEW = 60


def certificates_page(certificates: Sequence[Certificate]) -> Document:
    """Show the counts side by side and the gaps below."""
    header = ("Certificate", "Source", "Items in tracker", "Items here", "Gone", "Changes here", "Cost", "Waited")
    rows = tuple(
        (
            line(Status(text=c.status.upper(), colour=_COLOURS[c.status])),
            line(c.source),
            line("not stated" if c.items_tracker is None else str(c.items_tracker)),
            line(str(c.items_stored)),
            line(str(c.tombstones)),
            line(str(c.changes_stored)),
            line(f"{c.requests} requests, {c.bytes / 1e6:.1f} MB"),
            line(f"{c.waited_seconds:.1f} s"),
        )
        for c in certificates
    )
    table = Table(header=tuple(line(cell) for cell in header), rows=rows)
    below = [block for c in certificates for block in (*_gaps(c), *_notes(c))]
    return Document(blocks=(Heading(level=2, content=line("Sync")), table, *below))


def _gaps(certificate: Certificate) -> Iterator[Block]:
    if not certificate.gaps:
        return
    yield Paragraph(content=line(f"Gaps in {certificate.source}:"))
    yield Bullets(items=tuple(line(_gap(gap)) for gap in certificate.gaps))


def _notes(certificate: Certificate) -> Iterator[Block]:
    notes = [*certificate.notes, *_skew(certificate.clock_skew_seconds)]
    if notes:
        yield Paragraph(content=line(f"Notes on {certificate.source}:"))
        yield Bullets(items=tuple(map(line, notes)))


def _skew(seconds: float | None) -> Iterator[str]:
    if seconds is not None and abs(seconds) > MAX_SKEW:
        side = "ahead of" if seconds > 0 else "behind"
        yield f"The tracker's clock is {_span(abs(seconds))} {side} this machine's; instants are the tracker's."


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _gap(gap: Gap) -> str:
    project = f"{gap.project}: " if gap.project and not gap.text.startswith(gap.project) else ""
    return project + gap.text + _named(gap.items)


def _named(items: Sequence[str]) -> str:
    if not items:
        return ""
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return f" ({', '.join(items[:NAMED])}{more})"
