"""GitLab's markdown as HTML: tables and strikethrough, raw HTML but for a few plain tags escaped, comments hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLAIN_TAG = re.compile(r"</?(?:strong|em|sub|sup|code|kbd)>")
_BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def render(text: str | None) -> Markup:
    """Return markdown as HTML that is safe to show."""
    return Markup(_parser().render(text or ""))


@cache
def _parser() -> MarkdownIt:
    # Raw HTML is parsed as such only to be escaped: so a comment is known from a line of code that shows one.
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.add_render_rule("html_block", _raw)
    parser.add_render_rule("html_inline", _raw)
    parser.core.ruler.push("boxes", _tick)
    return parser


def _raw(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    content = tokens[index].content
    return content if _PLAIN_TAG.fullmatch(content) else str(escape(_COMMENT.sub("", content)))


def _tick(state: StateCore) -> None:
    """Show the boxes of task lists."""
    for before, token in zip(state.tokens[1:], state.tokens[2:], strict=False):
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is not None and before.type == "paragraph_open" and first.content[:4] in _BOXES:
            first.content = _BOXES[first.content[:4]] + first.content[4:]
