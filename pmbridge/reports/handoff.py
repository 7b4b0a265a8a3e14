"""The hand-off packet on an engineering item: what support knows of it, without a person's name or words."""

from __future__ import annotations

from pmbridge.assessment import Packet
from pmbridge.document import Block, Bullets, Document, Heading, Link, Paragraph, Text, line
from pmbridge.reports import phrases
from pmbridge.reports.ticket import small_print

SLOT = "hand-off"

#: How many reports are linked; the rest is counted.
LINKED = 10


def packet(found: Packet, zone: str) -> Document:
    """Tell engineering how many stand behind a defect, since when, in which versions, and where to read on."""
    people = "" if found.customers is None else f" from {phrases.count(found.customers, 'customer')}"
    facts = [
        line(f"{phrases.count(found.reports, 'report')}{people}"),
        line(
            f"first seen {phrases.local_day(found.first_seen, zone)}, last {phrases.local_day(found.last_seen, zone)}"
        ),
        line(f"severity for support: {found.severity or 'not given'}"),
        line(f"versions: {', '.join(found.versions) or 'not named'}"),
    ]
    links = tuple(line(Link(text=x.key, url=x.url) if x.url else Text(text=x.key)) for x in found.links[:LINKED])
    blocks: list[Block] = [
        Heading(level=4, content=line("What support knows of this")),
        Bullets(items=tuple(facts)),
        Bullets(items=links),
    ]
    if len(found.links) > LINKED:
        blocks.append(Paragraph(content=line(f"… and {phrases.count(len(found.links) - LINKED, 'more report')}.")))
    return Document(blocks=(*blocks, small_print(SLOT)))
