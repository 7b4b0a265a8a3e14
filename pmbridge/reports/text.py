"""A document on a terminal: colours and boxes where there is one, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
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

#: A column of a table is folded down to so many characters before the table is given up; its space to the next one.
_FOLDED, _PADDING = 20, 2
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
    if isinstance(before, Heading) or (isinstance(before, Note) and isinstance(block, Note)):
        return False
    return isinstance(block, Heading | Table | Chart | Note) or isinstance(before, Table | Chart | Bullets)


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
            yield Padding(_bullets(block), (0, 0, 0, 2))
        case Table():
            yield _FittedTable(block)
        case Chart():
            yield from _chart(block)
        case Note():
            yield _line(block.content, style="dim")


def _bullets(bullets: Bullets) -> RichTable:
    """Set the lines of a list beside their bullets, so that long ones go on under their own beginning."""
    grid = RichTable.grid(padding=(0, 1, 0, 0))
    grid.add_column()
    grid.add_column(overflow="fold")
    for item in bullets.items:
        grid.add_row("•", _line(item))
    return grid


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


@dataclass(frozen=True, slots=True)
class _FittedTable:
    """A table where its columns fit side by side, else every row as a few lines of its own."""

    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = zip(self.table.header, *self.table.rows, strict=True)
        widths = (max(cell_len(_line(cell).plain) for cell in column) for column in columns)
        needed = sum(min(width, _FOLDED) + _PADDING for width in widths)
        if needed <= options.max_width + _PADDING:
            yield _columns(self.table)
        else:
            yield from _stacked(self.table)


@dataclass(frozen=True, slots=True)
class _FittedLine:
    """The bars of a series, of every second or third point where not all of them fit."""

    name: str
    values: Sequence[float | None]
    ceiling: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(1, options.max_width - cell_len(self.name))
        step = -(-len(self.values) // room)
        thinned = self.values[::-1][::step][::-1]
        yield RichText(f"{self.name}{sparkline(thinned, self.ceiling)}", no_wrap=True, overflow="crop")


def _stacked(table: Table) -> Iterator[RenderableType]:
    """Put the first cell of a row on a line, a lozenge with its subject, and the others below with their headings."""
    for row in table.rows:
        named = [_named(head, cell) for head, cell in zip(table.header, row, strict=True)]
        first = 1
        if isinstance(next(iter(row[0]), None), Status):
            first, named[0] = 2, RichText(" ").join(_line(cell) for cell in row[:2])
        yield named[0]
        below = [one for one, cell in zip(named[first:], row[first:], strict=True) if _line(cell).plain]
        if below:
            yield Padding(RichText(" · ").join(below), (0, 0, 0, 2))
    if table.left_out:
        yield RichText(f"… and {table.left_out} more")


def _named(head: Line, cell: Line) -> RichText:
    heading = _line(head).plain
    return RichText.assemble((f"{heading} ", "bold"), _line(cell)) if heading else _line(cell)


def _columns(table: Table) -> RichTable:
    shown = RichTable(box=None, pad_edge=False, padding=(0, _PADDING, 0, 0), header_style="bold")
    for cell in table.header:
        shown.add_column(_line(cell), overflow="fold")
    for row in table.rows:
        shown.add_row(*(_line(cell) for cell in row))
    if table.left_out:
        shown.caption = f"… and {table.left_out} more"
    return shown


def _chart(chart: Chart) -> Iterator[RenderableType]:
    yield RichText.assemble((f"{chart.title}: ", "bold"), chart.summary)
    width = max(len(s.name) for s in chart.series)
    ceiling = max((v for s in chart.series for v in s.values if v is not None), default=0)
    for series in chart.series:
        yield _FittedLine(f"  {series.name:<{width}} ", series.values, ceiling)
