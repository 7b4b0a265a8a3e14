"""The plain text of a rich-text document that Jira sends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from pmbridge.model import Check

_BLOCKS_OF_TEXT = frozenset({"paragraph", "heading", "codeBlock", "caption"})
_BOX = re.compile(r"^\s*(?:[-*•]\s*)?\[(?P<mark>[ xX]?)\]\s+(?P<text>\S.*)$")


def text(document: Any) -> str | None:
    """Write a document as lines of plain text; ``None`` for an absent or empty one. A string passes as it is."""
    if isinstance(document, str):
        return document.strip() or None
    if not isinstance(document, dict):
        return None
    return "\n".join(_lines(document)).strip() or None


def checklist(plain: str | None) -> tuple[Check, ...]:
    """Find the boxes in a plain text: task items and lines that begin with ``[ ]`` or ``[x]``."""
    boxes = (_BOX.match(line) for line in (plain or "").splitlines())
    return tuple(Check(text=box["text"].strip(), ticked=box["mark"] in ("x", "X")) for box in boxes if box is not None)


def _children(node: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [child for child in node.get("content") or () if isinstance(child, dict)]


def _attributes(node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("attrs")
    return found if isinstance(found, dict) else {}


def _lines(node: dict[str, Any]) -> Iterator[str]:
    match node.get("type"):
        case kind if kind in _BLOCKS_OF_TEXT:
            yield from "".join(map(_inline, _children(node))).split("\n")
        case "taskItem":
            mark = "x" if _attributes(node).get("state") == "DONE" else " "
            yield f"[{mark}] " + " ".join("".join(map(_inline, _children(node))).split())
        case "listItem":
            lines = [line for child in _children(node) for line in _lines(child)]
            yield from (f"- {line}" if i == 0 else f"  {line}" for i, line in enumerate(lines))
        case "tableRow":
            yield " | ".join(" ".join(_lines(cell)) for cell in _children(node))
        case None:
            return
        case _:
            inline = _inline(node) if not _children(node) else ""
            if inline:
                yield inline
            for child in _children(node):
                yield from _lines(child)


def _inline(node: dict[str, Any]) -> str:
    attributes = _attributes(node)
    match node.get("type"):
        case "text":
            return str(node.get("text") or "")
        case "hardBreak":
            return "\n"
        case "mention" | "status":
            return str(attributes.get("text") or "")
        case "emoji":
            return str(attributes.get("text") or attributes.get("shortName") or "")
        case "inlineCard" | "blockCard" | "embedCard":
            return str(attributes.get("url") or "")
        case "date":
            return _day(attributes.get("timestamp"))
        case _:
            return "".join(map(_inline, _children(node)))


def _day(timestamp: Any) -> str:
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (TypeError, ValueError, OverflowError):
        return ""
