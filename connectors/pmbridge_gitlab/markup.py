"""Documents as GitLab Flavored Markdown in which no text can become markup, a mention or a command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from pmbridge.document import (
    Block,
    Bullets,
    Chart,
    Colour,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Note,
    Paragraph,
    Status,
    Table,
    Text,
)

#: CommonMark lets a backslash take the meaning from each of these, and GitLab honours it for its references too.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: Line breaks, NUL, invisible and direction-changing characters, lone surrogates.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]+"
)
_SPACES = re.compile(r" {2,}")
_COMMAND = re.compile(r"^/", re.MULTILINE)
#: Characters that show as they are in a code span, wherever it stands; others would need a rule of their own.
_CODE = re.compile(r"[\w .,:;#/+()=-]*[\w.,:;#/+()=-]")
#: Pages whose mere address in a comment makes GitLab write "mentioned in" there.
_REFERENCE = re.compile(r"/(issues|work_items|merge_requests|epics|milestones|commit|incidents|designs)/[^/]")

_LOZENGES = {
    Colour.GREEN: "🟢",
    Colour.AMBER: "🟡",
    Colour.RED: "🔴",
    Colour.GREY: "⚪",
    Colour.BLUE: "🔵",
}


def render(document: Document, *, references: bool) -> str:
    """Write a document as markdown.

    Where links to issues would leave notes on those issues (``references`` false: in comments), their words stand
    alone.
    """
    blocks = (_block(block, references) for block in document.blocks)
    return guarded("\n\n".join(text for text in blocks if text))


def guarded(body: str) -> str:
    """Take the meaning of a command from every line that begins with a slash.

    GitLab drops carriage returns before it looks for commands, and runs them with the token's rights.
    """
    return _COMMAND.sub(r"\\/", body.replace("\r", ""))


def escaped(text: str) -> str:
    """Write any text so that GitLab shows it and does nothing else with it; one line, spaces collapsed."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text))


def one_line(text: str) -> str:
    """Replace what breaks a line or cannot be seen by a space."""
    return _SPACES.sub(" ", _CONTROL.sub(" ", text))


def _block(block: Block, references: bool) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_line(block.content, references)}"
        case Paragraph():
            return _line(block.content, references)
        case Note():
            return f"<sub>{content}</sub>" if (content := _line(block.content, references)) else ""
        case Bullets():
            return "\n".join(f"- {_line(entry, references)}" for entry in block.items)
        case Table():
            return _table(block, references)
        case Chart():
            return f"<strong>{escaped(block.title).strip()}</strong>: {escaped(block.summary).strip()}"


def _table(table: Table, references: bool) -> str:
    rows = [_row(table.header, references), "|" + " --- |" * len(table.header)]
    rows += [_row(row, references) for row in table.rows]
    left_out = f"\n\n… and {table.left_out} more" if table.left_out else ""
    return "\n".join(rows) + left_out


def _row(cells: Iterable[Line], references: bool) -> str:
    return "|" + "".join(f" {_line(cell, references)} |" for cell in cells)


def _line(content: Line, references: bool) -> str:
    return "".join(_inline(part, references) for part in content).strip()


def _inline(part: Inline, references: bool) -> str:
    match part:
        case Link():
            return _link(part, references)
        case Status():
            return f"{_LOZENGES[part.colour]} <strong>{escaped(part.text).strip()}</strong>"
        case Text():
            return _text(part)


def _text(part: Text) -> str:
    text = one_line(part.text)
    literal = part.code and _CODE.fullmatch(text) and text[0] != " "
    shown = f"`{text}`" if literal else escaped(text)
    return f"<strong>{shown}</strong>" if part.strong and shown.strip() else shown


def _link(part: Link, references: bool) -> str:
    label = escaped(part.text).strip()
    target = _address(part.url)
    if target is None or (not references and _REFERENCE.search(urlsplit(target).path)):
        return _text(Text(text=part.text, code=True))
    return f"[{label or escaped(target)}](<{target}>)"


def _address(url: str) -> str | None:
    """Return a web address in which nothing can end the link, or ``None`` for any other address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"} or not parts.netloc:
        return None
    return quote(url.encode("utf-8", "replace"), safe="%/:=&?~#+!$,@()*[]'-._")
