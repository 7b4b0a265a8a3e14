"""The report tree: what pmbridge says, before any tracker's markup.

A report builds a `Document`; a connector serialises it. Text from a tracker exists only as the ``text`` of a
`Text`, `Link` or `Status` node, so that each markup escapes it in one place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: Part of every fingerprint. Raising it re-edits every text once; do so only when a markup changes on purpose.
RENDERER_VERSION = 1

#: The label by which people ask us to leave a ticket alone; every text of ours names it.
MUTE_LABEL = "pmbridge-ignore"

_BARS = "▁▂▃▄▅▆▇█"


class Node(BaseModel):
    """A part of a document: immutable, comparable, serialisable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Node):
    """A run of plain characters; whatever they are, they are shown and never interpreted."""

    kind: Literal["text"] = "text"
    text: str
    strong: bool = False
    code: bool = False


class Link(Node):
    """A labelled link; ``url`` comes from a connector's base address and never from a ticket's text."""

    kind: Literal["link"] = "link"
    text: str
    url: str


class Colour(StrEnum):
    """The colours of a status lozenge; the text beside it always says the same in words."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    BLUE = "blue"


class Status(Node):
    """A lozenge: a short word with a colour."""

    kind: Literal["status"] = "status"
    text: str
    colour: Colour


Inline = Annotated[Text | Link | Status, Field(discriminator="kind")]
Line = tuple[Inline, ...]


class Heading(Node):
    """A heading; level 1 is the document's own title."""

    kind: Literal["heading"] = "heading"
    level: int = Field(ge=1, le=4)
    content: Line


class Paragraph(Node):
    """A paragraph."""

    kind: Literal["paragraph"] = "paragraph"
    content: Line


class Bullets(Node):
    """A list of lines."""

    kind: Literal["bullets"] = "bullets"
    items: tuple[Line, ...]


class Table(Node):
    """A table; every row has as many cells as the header. ``left_out`` counts rows cut to fit."""

    kind: Literal["table"] = "table"
    header: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    left_out: int = 0


class Series(Node):
    """One line of a chart; ``None`` is a gap."""

    name: str
    values: tuple[float | None, ...]


class Chart(Node):
    """A line chart with a text that says the same, for readers and places without pictures."""

    kind: Literal["chart"] = "chart"
    title: str
    x: tuple[str, ...]
    series: tuple[Series, ...]
    summary: str


class Note(Node):
    """Small print: where the numbers come from, how to mute this. Not part of the fingerprint when volatile."""

    kind: Literal["note"] = "note"
    content: Line
    volatile: bool = False


Block = Annotated[Heading | Paragraph | Bullets | Table | Chart | Note, Field(discriminator="kind")]


class Document(Node):
    """A whole report."""

    blocks: tuple[Block, ...]


def line(*parts: str | Text | Link | Status) -> Line:
    """Make a line from nodes and plain strings."""
    return tuple(Text(text=part) if isinstance(part, str) else part for part in parts)


def fingerprint(document: Document) -> str:
    """Hash what a reader would notice: twelve hexadecimal digits, equal for equal content.

    Volatile notes are left out, so that a text is not edited only because time has passed.
    """
    blocks = [b.model_dump(mode="json") for b in document.blocks if not (isinstance(b, Note) and b.volatile)]
    canonical = json.dumps([RENDERER_VERSION, blocks], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


class Measure(Node):
    """A computed figure and how far it may move before a reader would call it another one."""

    value: float
    room: float


class Gist(Node):
    """What a reader takes from a text: ``facts`` digests what counts to the letter, ``figures`` what may move a little.

    A text is worth an edit only if its gist differs from that of the text which stands there.
    """

    facts: str
    figures: dict[str, Measure] = {}

    def differs(self, shown: Gist) -> bool:
        """Tell whether a reader of what is shown would be misled by now."""
        if self.facts != shown.facts or self.figures.keys() != shown.figures.keys():
            return True
        return any(abs(own.value - shown.figures[name].value) > own.room for name, own in self.figures.items())


def gist(facts: Any, figures: dict[str, Measure]) -> Gist:
    """Make a gist from facts that JSON can hold; a new renderer makes every gist a new one."""
    canonical = json.dumps([RENDERER_VERSION, facts], sort_keys=True, separators=(",", ":"), default=str)
    return Gist(facts=hashlib.sha256(canonical.encode()).hexdigest()[:12], figures=figures)


def plain(document: Document) -> str:
    """Write a document as plain text, a line a block or row; the form of one-line surfaces and logs."""
    return "\n".join(text for block in document.blocks for text in _plain_block(block))


def _plain_block(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Paragraph() | Note():
            yield plain_line(block.content)
        case Bullets():
            yield from (f"- {plain_line(item)}" for item in block.items)
        case Table():
            yield from (" | ".join(plain_line(cell) for cell in row) for row in (block.header, *block.rows))
            if block.left_out:
                yield f"… and {block.left_out} more"
        case Chart():
            yield f"{block.title}: {block.summary}"


def plain_line(content: Line) -> str:
    """Join the words of a line."""
    return "".join(part.text for part in content)


def one_line(document: Document, limit: int = 250) -> str:
    """Write a document as one line of at most ``limit`` characters, for places that hold plain text only."""
    text = " ".join(plain(document).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def sparkline(values: Sequence[float | None], ceiling: float) -> str:
    """Draw values as a row of blocks from 0 to ``ceiling``; a gap is a space."""
    if ceiling <= 0:
        return "".join(" " if v is None else _BARS[0] for v in values)
    top = len(_BARS) - 1
    return "".join(" " if v is None else _BARS[max(0, min(top, round(v / ceiling * top)))] for v in values)


def masked(document: Document, mask: Callable[[str], str]) -> Document:
    """Run every text of a document through ``mask``, so that no secret leaves in a report."""
    return Document.model_validate(_masked(document.model_dump(mode="json"), mask))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    match value:
        case str():
            return mask(value)
        case list():
            return [_masked(v, mask) for v in value]
        case dict():
            return {k: v if k in ("kind", "colour") else _masked(v, mask) for k, v in value.items()}
        case _:
            return value


def shorten(document: Document, fits: Callable[[Document], bool]) -> Document:
    """Cut table rows and bullets, then trailing blocks, until ``fits`` holds; say how much was left out.

    The tree is cut and never the rendered string, so that no marker or link is lost half-way. Small print goes last:
    it says who wrote this and how to stop it.
    """
    blocks = list(document.blocks)
    kept = {i: _length(block) for i, block in enumerate(blocks)}
    shorter = document
    while not fits(shorter) and _cut(blocks, kept):
        shorter = Document(blocks=tuple(_kept(blocks[i], length) for i, length in kept.items()))
    return shorter


def _length(block: Block) -> int:
    match block:
        case Table():
            return len(block.rows)
        case Bullets():
            return len(block.items)
        case _:
            return 0


def _cut(blocks: Sequence[Block], kept: dict[int, int]) -> bool:
    """Halve the longest list, or else drop the last block that is not the first; tell whether anything was left."""
    longest = max(kept, key=lambda i: kept[i])
    if kept[longest]:
        kept[longest] //= 2
        return True
    later = [i for i in kept if i]
    told = [i for i in later if not isinstance(blocks[i], Note)]
    if not later:
        return False
    del kept[(told or later)[-1]]
    return True


def _kept(block: Block, length: int) -> Block:
    gone = _length(block) - length
    if not gone:
        return block
    if isinstance(block, Table):
        return block.model_copy(update={"rows": block.rows[:length], "left_out": block.left_out + gone})
    assert isinstance(block, Bullets)
    return Bullets(items=(*block.items[:length], line(f"… and {gone} more")))
