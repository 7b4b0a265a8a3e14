from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge.model import Check
from pmbridge_jira.adf import checklist, text


def doc(*content):
    return {"type": "doc", "version": 1, "content": list(content)}


def p(*content):
    return {"type": "paragraph", "content": list(content)}


def t(words, **more):
    return {"type": "text", "text": words, **more}


def test_blocks_become_lines_and_inline_nodes_their_words():
    document = doc(
        {"type": "heading", "attrs": {"level": 2}, "content": [t("Goal")]},
        p(t("Ask "), {"type": "mention", "attrs": {"id": "1", "text": "@Ada"}}, {"type": "hardBreak"}, t("by ")),
        p({"type": "date", "attrs": {"timestamp": "1772409600000"}}, {"type": "emoji", "attrs": {"shortName": ":ok:"}}),
        {"type": "bulletList", "content": [{"type": "listItem", "content": [p(t("one")), p(t("more"))]}]},
        {"type": "table", "content": [{"type": "tableRow", "content": [
            {"type": "tableHeader", "content": [p(t("a"))]}, {"type": "tableCell", "content": [p(t("b"))]}]}]},
        {"type": "panel", "content": [p(t("careful"))]},
        {"type": "codeBlock", "content": [t("x = 1\ny = 2")]},
        p({"type": "inlineCard", "attrs": {"url": "https://x.example"}}, {"type": "status", "attrs": {"text": "NEW"}}),
    )  # fmt: skip
    assert text(document) == (
        "Goal\nAsk @Ada\nby \n2026-03-02:ok:\n- one\n  more\na | b\ncareful\nx = 1\ny = 2\nhttps://x.exampleNEW"
    )


def test_task_items_become_boxes_with_their_state():
    document = doc(
        {"type": "taskList", "attrs": {"localId": "l"}, "content": [
            {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [t("price "), t("shown")]},
            {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [t("tax shown")]},
        ]},
        p(t("[x] typed by hand")),
        p(t("see [1] for more")),
    )  # fmt: skip
    assert checklist(text(document)) == (
        Check(text="price shown", ticked=True),
        Check(text="tax shown", ticked=False),
        Check(text="typed by hand", ticked=True),
    )


@pytest.mark.parametrize("nothing", [None, "", "  ", doc(), doc(p()), 7, []])
def test_nothing_stays_nothing(nothing):
    assert text(nothing) is None
    assert checklist(text(nothing)) == ()


def test_a_plain_string_passes():
    assert text("h1. wiki ") == "h1. wiki"


anything = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["doc", "paragraph", "text", "taskItem", "listItem", "tableRow", "date", "odd"])},
            optional={"content": st.lists(inner, max_size=3), "attrs": inner, "text": inner},
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(anything)
def test_no_document_whatever_its_shape_breaks_the_reading(document):
    found = text(document)
    assert found is None or found.strip() == found
