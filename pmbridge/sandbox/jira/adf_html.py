"""Atlassian Document Format as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from pmbridge.sandbox import html
from pmbridge.sandbox.jira.adf import Node

_BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "panel": "blockquote",
    "expand": "div",
    "table": "table",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
}
_MARKS = {"strong": "strong", "em": "em", "code": "code", "strike": "s", "underline": "u"}
_COLORS = ("green", "yellow", "red", "blue", "purple")


def render(node: Node | None) -> Markup:
    """Return a document as HTML; nodes that are not known show their content only."""
    return Markup("") if node is None else _all(node.get("content", ()))


def _all(nodes: Iterable[Node]) -> Markup:
    return Markup("").join(_one(node) for node in nodes)


def _one(node: Node) -> Markup:
    kind = str(node.get("type"))
    if kind in _BLOCKS:
        return _tagged(_BLOCKS[kind], _all(node.get("content", ())))
    return _special(kind, node)


def _special(kind: str, node: Node) -> Markup:
    attrs, inner = node.get("attrs", {}), node.get("content", ())
    match kind:
        case "text":
            return _text(node)
        case "heading":
            return _tagged(f"h{min(6, max(1, int(attrs.get('level', 1))))}", _all(inner))
        case "taskList":
            return Markup('<ul class="tasks">{}</ul>').format(_all(inner))
        case "taskItem":
            return Markup("<li>{} {}</li>").format("☑" if attrs.get("state") == "DONE" else "☐", _all(inner))
        case "codeBlock":
            return Markup("<pre>{}</pre>").format(_all(inner))
        case "rule":
            return Markup("<hr>")
        case "hardBreak":
            return Markup("<br>")
        case "status":
            color = str(attrs.get("color", ""))
            return html.lozenge(str(attrs.get("text", "")), color if color in _COLORS else "")
        case "mention" | "emoji":
            return Markup("{}").format(attrs.get("text") or attrs.get("shortName", ""))
        case "inlineCard":
            return html.link(str(attrs.get("url", "")), str(attrs.get("url", "")))
        case _:
            return _all(inner)


def _text(node: Node) -> Markup:
    shown = Markup("{}").format(str(node.get("text", "")))
    for mark in node.get("marks", ()):
        if mark["type"] == "link":
            shown = html.link(str(mark["attrs"]["href"]), shown)
        elif mark["type"] in _MARKS:
            shown = _tagged(_MARKS[mark["type"]], shown)
    return shown


def _tagged(tag: str, inner: Markup) -> Markup:
    return Markup(f"<{tag}>{{}}</{tag}>").format(inner)
