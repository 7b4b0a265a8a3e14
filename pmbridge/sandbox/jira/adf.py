"""Atlassian Document Format in Python's plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Node = dict[str, Any]


def document(value: str | Sequence[Node] | Node | None) -> Node | None:
    """Make a document of plain text, of blocks, or of a document; nothing stays ``None``."""
    if not value:
        return None
    if isinstance(value, dict):
        return value
    blocks = _paragraphs(value) if isinstance(value, str) else list(value)
    return {"version": 1, "type": "doc", "content": blocks}


def text(value: str) -> Node:
    """Make a text node."""
    return {"type": "text", "text": value}


def paragraph(value: str) -> Node:
    """Make a paragraph; line ends become hard breaks."""
    content: list[Node] = []
    for number, line in enumerate(value.split("\n")):
        if number:
            content.append({"type": "hardBreak"})
        if line:
            content.append(text(line))
    return {"type": "paragraph", "content": content}


def heading(value: str, level: int = 3) -> Node:
    """Make a heading of level 1 to 6."""
    return {"type": "heading", "attrs": {"level": level}, "content": [text(value)]}


def bullet_list(items: Iterable[str]) -> Node:
    """Make a list of one paragraph an item."""
    return {
        "type": "bulletList",
        "content": [{"type": "listItem", "content": [paragraph(item)]} for item in items],
    }


def task_list(items: Iterable[tuple[str, bool]], local_id: str = "tasks") -> Node:
    """Make a checklist of texts with whether they are ticked."""
    tasks = [
        {
            "type": "taskItem",
            "attrs": {"localId": f"{local_id}-{number}", "state": "DONE" if ticked else "TODO"},
            "content": [text(item)],
        }
        for number, (item, ticked) in enumerate(items, 1)
    ]
    return {"type": "taskList", "attrs": {"localId": local_id}, "content": tasks}


def plain(node: Node | None) -> str:
    """Return a document as the older interface shows it: wiki markup for headings, lists and checklists."""
    return "" if node is None else "\n\n".join(_block(child) for child in node.get("content", ()))


def _paragraphs(value: str) -> list[Node]:
    return [paragraph(part.strip("\n")) for part in value.replace("\r", "").split("\n\n") if part.strip("\n")]


def _block(node: Node, bullet: str = "") -> str:
    children = node.get("content", ())
    match node.get("type"):
        case "heading":
            return f"h{node['attrs']['level']}. {_inline(children)}"
        case "bulletList" | "orderedList":
            mark = bullet + ("*" if node["type"] == "bulletList" else "#")
            return "\n".join(_item(child, mark) for child in children)
        case "taskList":
            return "\n".join(_task(child) for child in children)
        case "table":
            return "\n".join(_row(row) for row in children)
        case "rule":
            return "----"
        case "paragraph" | "codeBlock":
            return _inline(children)
        case _:
            return "\n".join(_block(child) for child in children)


def _item(node: Node, mark: str) -> str:
    lists = ("bulletList", "orderedList")
    return "\n".join(
        _block(child, mark) if child.get("type") in lists else f"{mark} {_block(child)}"
        for child in node.get("content", ())
    )


def _task(node: Node) -> str:
    if node.get("type") == "taskList":
        return _block(node)
    return f"* [{'x' if node['attrs']['state'] == 'DONE' else ' '}] {_inline(node.get('content', ()))}"


def _row(row: Node) -> str:
    mark = "||" if row["content"] and row["content"][0]["type"] == "tableHeader" else "|"
    cells = (" ".join(_block(block) for block in cell.get("content", ())) for cell in row["content"])
    return mark + mark.join(cells) + mark


def _inline(nodes: Iterable[Node]) -> str:
    return "".join(_leaf(node) for node in nodes)


def _leaf(node: Node) -> str:
    attrs = node.get("attrs", {})
    match node.get("type"):
        case "text":
            return _marked(node)
        case "hardBreak":
            return "\n"
        case "status" | "mention":
            return str(attrs.get("text", ""))
        case "emoji":
            return str(attrs.get("text") or attrs.get("shortName", ""))
        case "inlineCard":
            return str(attrs.get("url", ""))
        case _:
            return _inline(node.get("content", ()))


def _marked(node: Node) -> str:
    words = str(node.get("text", ""))
    for mark in node.get("marks", ()):
        if mark["type"] == "strong":
            words = f"*{words}*"
        elif mark["type"] == "link":
            words = f"[{words}|{mark['attrs']['href']}]"
    return words
