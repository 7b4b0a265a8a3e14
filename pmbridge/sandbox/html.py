"""The frame of the pages that people look at; everything put into it is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from markupsafe import Markup

from pmbridge.sandbox.exchange import Page

_STYLE = Markup("""
body{font:15px/1.5 system-ui,sans-serif;color:#1f2328;background:#f6f7f9;margin:0}
header{background:var(--bar);color:#fff;padding:.6rem 1.5rem;font-weight:600}
main{max-width:60rem;margin:1.5rem auto;background:#fff;padding:1.5rem 2rem;border:1px solid #d9dde3;border-radius:8px}
h1{font-size:1.5rem;margin:.2rem 0 1rem}h2{font-size:1.1rem;border-bottom:1px solid #e5e8ec;padding-bottom:.3rem}
table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #d9dde3;padding:.3rem .6rem;text-align:left}
th{background:#f6f7f9}table.facts th,table.facts td{border:0;padding:.15rem 1rem .15rem 0;background:none}
table.facts th{color:#5a6270;font-weight:500;vertical-align:top}
.lozenge{border-radius:3px;padding:0 .4rem;font-size:.8rem;font-weight:600;text-transform:uppercase;background:#dfe1e6}
.lozenge.green{background:#d3f1e0;color:#15603f}.lozenge.yellow{background:#fff3c4;color:#6b4e00}
.lozenge.red{background:#ffdcd6;color:#8f1d0c}.lozenge.blue{background:#dbe9ff;color:#0b3f91}
.lozenge.purple{background:#e9e2ff;color:#3f2b96}
.label{border-radius:1rem;padding:0 .6rem;font-size:.85rem;background:#e8edf3;margin-right:.3rem}
.comment{border:1px solid #d9dde3;border-radius:6px;padding:.6rem 1rem;margin:.8rem 0}
.by{color:#5a6270;font-size:.85rem}code{background:#eef0f3;padding:0 .25rem;border-radius:3px}
blockquote{border-left:3px solid #d9dde3;margin-left:0;padding-left:1rem;color:#5a6270}
pre{background:#f6f7f9;padding:.7rem;overflow:auto}ul.tasks{list-style:none;padding-left:.5rem}
""")
_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    "<style>:root{{--bar:{bar}}}{style}</style></head>"
    "<body><header>{tracker}</header><main>{body}</main></body></html>\n"
)


def document(title: str, tracker: str, bar: str, *parts: Markup) -> Page:
    """Make a page; ``bar`` is the colour of its head."""
    body = Markup("\n").join(parts)
    return Page(_PAGE.format(title=title, tracker=tracker, bar=bar, style=_STYLE, body=body))


def heading(above: Markup | str, title: str) -> Markup:
    """Make the first heading with a line above it."""
    return Markup('<div class="by">{}</div><h1>{}</h1>').format(above, title)


def section(title: str, body: Markup) -> Markup:
    """Make a section; an empty one is left out."""
    return Markup("<h2>{}</h2>{}").format(title, body) if body else Markup("")


def facts(rows: Iterable[tuple[str, object]]) -> Markup:
    """Make a table of names and values; empty values are left out."""
    row = Markup("<tr><th>{}</th><td>{}</td></tr>")
    drawn = Markup("").join(row.format(name, value) for name, value in rows if value not in (None, "", Markup("")))
    return Markup('<table class="facts">{}</table>').format(drawn)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Markup:
    """Make a table with a head."""
    top = Markup("").join(Markup("<th>{}</th>").format(name) for name in head)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    )
    return Markup("<table><tr>{}</tr>{}</table>").format(top, body) if body else Markup("")


def comment(by: str, written: datetime, edited: datetime | None, body: Markup, remark: str = "") -> Markup:
    """Make a comment with who wrote it and when."""
    when = moment(written) + (f" (edited {moment(edited)})" if edited and edited != written else "")
    return Markup('<div class="comment"><div class="by"><b>{}</b> {} {}</div>{}</div>').format(by, when, remark, body)


def lozenge(text: str, color: str = "") -> Markup:
    """Make a coloured tag."""
    return Markup('<span class="lozenge {}">{}</span>').format(color, text)


def labels(names: Iterable[str]) -> Markup:
    """Make a row of labels."""
    return Markup("").join(Markup('<span class="label">{}</span>').format(name) for name in names)


def link(url: str, text: str) -> Markup:
    """Make a link; an address that a browser would execute is shown as text only."""
    if not url.startswith(("http://", "https://", "mailto:", "/")):
        return Markup("{}").format(text)
    return Markup('<a href="{}">{}</a>').format(url, text)


def joined(parts: Iterable[object]) -> Markup:
    """Join values with commas."""
    return Markup(", ").join(Markup("{}").format(part) for part in parts)


def moment(instant: datetime) -> str:
    """Write an instant to the minute, in UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"
