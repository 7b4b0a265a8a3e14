"""A report as an Atlassian document.

Every word of a report ends up in a ``text`` node, which Jira shows and never interprets: no mention, macro or link can
come out of a ticket's title.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from pmbridge.document import (
    Block,
    Bullets,
    Chart,
    Colour,
    Document,
    Heading,
    Line,
    Link,
    Note,
    Paragraph,
    Status,
    Table,
    Text,
    shorten,
    sparkline,
)

Node = dict[str, Any]

#: Jira takes 32,767 characters; how it counts a document's structure is not documented, so all of it is counted.
MAX_CHARACTERS = 30_000

#: Charts are drawn with at most this many bars.
MAX_BARS = 40

_COLOURS = {
    Colour.GREEN: "green",
    Colour.AMBER: "yellow",
    Colour.RED: "red",
    Colour.GREY: "neutral",
    Colour.BLUE: "blue",
}
_SUBDUED: Node = {"type": "textColor", "attrs": {"color": "#6b778c"}}
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)

#: A document's own title is a small heading inside a ticket.
_HEADING_SHIFT = 2


def render(document: Document) -> Node:
    """Write a document, cut to what a comment may hold."""
    return _document(shorten(document, _fits))


def _fits(document: Document) -> bool:
    return len(json.dumps(_document(document), ensure_ascii=False)) <= MAX_CHARACTERS


def visible(text: str) -> str:
    """Replace what Jira refuses or what could reorder the words around it: control and direction characters."""
    return "".join(" " if _is_hostile(character) else character for character in text)


def _is_hostile(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def _document(document: Document) -> Node:
    content = [node for block in document.blocks for node in _block(block)]
    return {"version": 1, "type": "doc", "content": content or [_paragraph(())]}


def _block(block: Block) -> list[Node]:
    match block:
        case Heading():
            attributes = {"level": block.level + _HEADING_SHIFT}
            return [{"type": "heading", "attrs": attributes, "content": _inline(block.content)}]
        case Paragraph():
            return [_paragraph(block.content)]
        case Note():
            return [_paragraph(block.content, subdued=True)]
        case Bullets():
            items = [{"type": "listItem", "content": [_paragraph(item)]} for item in block.items]
            return [{"type": "bulletList", "content": items}] if items else []
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)


def _paragraph(content: Line, *, subdued: bool = False) -> Node:
    return {"type": "paragraph", "content": _inline(content, subdued=subdued)}


def _inline(content: Line, *, subdued: bool = False) -> list[Node]:
    # A text node must not be empty.
    return [_part(part, subdued=subdued) for part in content if part.text]


def _part(part: Text | Link | Status, *, subdued: bool) -> Node:
    match part:
        case Status():
            return {"type": "status", "attrs": {"text": visible(part.text), "color": _COLOURS[part.colour]}}
        case Link() if _WEB.fullmatch(part.url):
            return _text(part.text, [{"type": "link", "attrs": {"href": part.url}}])
        case Text(code=True):
            # Code bears no other mark.
            return _text(part.text, [{"type": "code"}])
        case Text(strong=True):
            return _text(part.text, [{"type": "strong"}, *([_SUBDUED] if subdued else [])])
        case _:
            return _text(part.text, [_SUBDUED] if subdued else [])


def _text(text: str, marks: list[Node]) -> Node:
    node: Node = {"type": "text", "text": visible(text)}
    return {**node, "marks": marks} if marks else node


def _table(table: Table) -> list[Node]:
    rows = [_row("tableHeader", table.header), *(_row("tableCell", row) for row in table.rows)]
    nodes = [{"type": "table", "content": rows}] if table.header else []
    if table.left_out:
        nodes.append(_paragraph((Text(text=f"… and {table.left_out} more"),), subdued=True))
    return nodes


def _row(kind: str, cells: tuple[Line, ...]) -> Node:
    return {"type": "tableRow", "content": [{"type": kind, "content": [_paragraph(cell)]} for cell in cells]}


def _chart(chart: Chart) -> list[Node]:
    """Draw each series as a row of blocks on one common scale, with the words that say the same."""
    ceiling = max((v for series in chart.series for v in series.values if v is not None), default=0.0)
    content: list[Text] = [Text(text=f"{chart.title}: ", strong=True)]
    for series in chart.series:
        bars = sparkline(_thinned(series.values), ceiling)
        content += [Text(text=f"{series.name} "), Text(text=bars, code=True), Text(text="  ")]
    return [_paragraph((*content, Text(text=chart.summary)))]


def _thinned(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """Keep evenly spaced values, the last one among them."""
    if len(values) <= MAX_BARS:
        return values
    last = len(values) - 1
    return tuple(values[round(i * last / (MAX_BARS - 1))] for i in range(MAX_BARS))
