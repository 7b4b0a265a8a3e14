"""A document on a terminal: colours and boxes where there is one, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

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
    sparkline,
)

_STYLES = {
    Colour.GREEN: "bold white on green4",
    Colour.AMBER: "bold black on orange1",
    Colour.RED: "bold white on red3",
    Colour.GREY: "bold white on grey42",
    Colour.BLUE: "bold white on blue",
}


def render(document: Document) -> Group:
    """Turn a document into something a rich console prints; nothing in it is read as markup."""
    parts: list[RenderableType] = []
    before: Block | None = None
    for block in document.blocks:
        if before is not None and _apart(before, block):
            parts.append(RichText(""))
        parts += _block(block)
        before = block
    return Group(*parts)


def _apart(before: Block, block: Block) -> bool:
    """Say whether an empty line helps the eye between two blocks."""
    if isinstance(before, Heading):
        return False
    return isinstance(block, Heading | Table | Chart | Note) or isinstance(before, Table | Chart)


def show(document: Document, console: Console) -> None:
    """Print a document after an empty line."""
    console.print()
    console.print(render(document), highlight=False)


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Heading():
            yield _line(block.content, style="bold")
        case Paragraph():
            yield _line(block.content)
        case Bullets():
            for item in block.items:
                yield Padding(RichText("• ") + _line(item), (0, 0, 0, 2))
        case Table():
            yield _table(block)
        case Chart():
            yield from _chart(block)
        case Note():
            yield _line(block.content, style="dim")


def _line(content: Line, style: str = "") -> RichText:
    text = RichText(style=style)
    for part in content:
        match part:
            case Text():
                text.append(visible(part.text), style="bold" if part.strong else "")
            case Link():
                text.append(visible(part.text), style=f"link {part.url}")
            case Status():
                text.append(f" {visible(part.text)} ", style=_STYLES[part.colour])
    return text


def visible(text: str) -> str:
    """Replace characters that would steer the terminal or turn the reading direction."""
    return "".join(c if c.isprintable() else "�" if c not in "\n\t" else " " for c in text)


def _table(table: Table) -> RichTable:
    shown = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for cell in table.header:
        shown.add_column(_line(cell), overflow="fold")
    for row in table.rows:
        shown.add_row(*(_line(cell) for cell in row))
    if table.left_out:
        shown.caption = f"… and {table.left_out} more"
    return shown


def _chart(chart: Chart) -> Iterator[RichText]:
    yield RichText.assemble((f"{chart.title}: ", "bold"), chart.summary)
    width = max(len(s.name) for s in chart.series)
    ceiling = max((v for s in chart.series for v in s.values if v is not None), default=0)
    for series in chart.series:
        yield RichText(f"  {series.name:<{width}} {sparkline(series.values, ceiling)}")
