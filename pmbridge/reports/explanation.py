"""The inputs of a rule as a page."""

from __future__ import annotations

from pmbridge.assessment import Explanation
from pmbridge.document import Block, Document, Heading, Paragraph, Table, line


def explanation_page(explained: Explanation) -> Document:
    """Show the rule, then its inputs, then the events behind them."""
    blocks: list[Block] = [
        Heading(level=2, content=line(f"{explained.milestone}: {explained.rule}")),
        Paragraph(content=line(explained.text)),
    ]
    if explained.inputs:
        rows = tuple((line(one.name), line(one.value)) for one in explained.inputs)
        blocks.append(Table(header=(line("Input"), line("Value")), rows=rows))
    if explained.events:
        header = tuple(line(cell) for cell in ("When (UTC)", "Item", "What", "By", "Event"))
        rows5 = tuple(
            tuple(line(cell) for cell in (f"{e.at:%Y-%m-%d %H:%M}", e.item, e.what, e.by or "–", e.event))
            for e in explained.events
        )
        blocks.append(Table(header=header, rows=rows5))
    return Document(blocks=tuple(blocks))
