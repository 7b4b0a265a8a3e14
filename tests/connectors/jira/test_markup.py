from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmbridge.document import (
    Bullets,
    Chart,
    Colour,
    Document,
    Heading,
    Link,
    Note,
    Paragraph,
    Series,
    Status,
    Table,
    Text,
    line,
    plain_line,
)
from pmbridge_jira.markup import MAX_BARS, MAX_CHARACTERS, render, visible

HOSTILE = "[~admin] {code} @all <b>x</b> [a|https://evil.example] \u202etxt\u202c \x00 h1. !img!"


def nodes(tree: dict[str, Any]):
    yield tree
    for child in tree.get("content", ()):
        yield from nodes(child)


def words(tree: dict[str, Any]) -> str:
    return "".join(node.get("text", "") or node.get("attrs", {}).get("text", "") for node in nodes(tree))


texts = st.text(max_size=30)
inline = st.one_of(
    st.builds(Text, text=texts, strong=st.booleans(), code=st.booleans()),
    st.builds(Link, text=texts, url=st.sampled_from(["https://acme.example/1", "javascript:alert(1)", ""]) | texts),
    st.builds(Status, text=texts, colour=st.sampled_from(Colour)),
)
content = st.lists(inline, max_size=4).map(tuple)
blocks = st.one_of(
    st.builds(Heading, level=st.integers(1, 4), content=content),
    st.builds(Paragraph, content=content),
    st.builds(Note, content=content, volatile=st.booleans()),
    st.builds(Bullets, items=st.lists(content, max_size=3).map(tuple)),
    st.integers(0, 3).flatmap(
        lambda width: st.builds(
            Table,
            header=st.tuples(*[content] * width),
            rows=st.lists(st.tuples(*[content] * width), max_size=3).map(tuple),
            left_out=st.integers(0, 2),
        )
    ),
    st.builds(
        Chart,
        title=texts,
        x=st.just(()),
        series=st.lists(
            st.builds(
                Series,
                name=texts,
                values=st.lists(st.none() | st.floats(0, 1e6), max_size=60).map(tuple),
            ),
            max_size=2,
        ).map(tuple),
        summary=texts,
    ),
)
documents = st.builds(Document, blocks=st.lists(blocks, max_size=5).map(tuple))

CHILDREN = {
    "doc": {"paragraph", "heading", "bulletList", "table"},
    "paragraph": {"text", "status"},
    "heading": {"text", "status"},
    "bulletList": {"listItem"},
    "listItem": {"paragraph"},
    "table": {"tableRow"},
    "tableRow": {"tableHeader", "tableCell"},
    "tableHeader": {"paragraph"},
    "tableCell": {"paragraph"},
}
NEVER_EMPTY = {"doc", "bulletList", "listItem", "table", "tableRow", "tableHeader", "tableCell"}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents)
def test_every_document_becomes_a_valid_tree(document):
    tree = render(document)
    assert (tree["type"], tree["version"]) == ("doc", 1)
    for node in nodes(tree):
        children = node.get("content", [])
        assert {child["type"] for child in children} <= CHILDREN.get(node["type"], set())
        assert children or node["type"] not in NEVER_EMPTY
        marks = [mark["type"] for mark in node.get("marks", ())]
        assert marks == ["code"] or "code" not in marks
        match node["type"]:
            case "text":
                assert node["text"]
                assert all(
                    mark["attrs"]["href"].lower().startswith(("http://", "https://"))
                    for mark in node.get("marks", ())
                    if mark["type"] == "link"
                )
            case "status":
                assert node["attrs"]["text"]
                assert node["attrs"]["color"] in {"neutral", "purple", "blue", "red", "yellow", "green"}
            case "heading":
                assert 1 <= node["attrs"]["level"] <= 6
    json.dumps(tree).encode()


@settings(deadline=None)
@given(content)
def test_every_word_survives_and_none_is_added(parts):
    tree = render(Document(blocks=(Paragraph(content=parts),)))
    assert words(tree) == visible(plain_line(parts))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_what_is_visible_keeps_its_length_and_its_letters(text):
    shown = visible(text)
    assert len(shown) == len(text)
    assert all(a == b or b == " " for a, b in zip(text, shown, strict=True))
    assert all(a == b for a, b in zip(text, shown, strict=True) if a.isprintable())


def test_hostile_text_is_one_plain_text_node():
    (node,) = render(Document(blocks=(Paragraph(content=line(HOSTILE)),)))["content"][0]["content"]
    assert set(node) == {"type", "text"}
    assert "[~admin] {code} @all <b>x</b>" in node["text"]
    assert "\u202e" not in node["text"]
    assert "\x00" not in node["text"]


def test_a_link_to_anything_but_a_web_page_is_plain_text():
    parts = line(Link(text="good", url="https://acme.example/browse/SHOP-1"), Link(text="bad", url="javascript:x"))
    good, bad = render(Document(blocks=(Paragraph(content=parts),)))["content"][0]["content"]
    assert good["marks"] == [{"type": "link", "attrs": {"href": "https://acme.example/browse/SHOP-1"}}]
    assert "marks" not in bad


def test_colours_become_the_ones_jira_has():
    parts = tuple(Status(text=colour.value, colour=colour) for colour in Colour)
    shown = render(Document(blocks=(Paragraph(content=parts),)))["content"][0]["content"]
    assert [node["attrs"]["color"] for node in shown] == ["green", "yellow", "red", "neutral", "blue"]


def test_a_table_has_a_header_and_says_what_was_left_out():
    table = Table(header=(line("a"), line("b")), rows=((line("1"), line("2")),), left_out=3)
    shown, rest = render(Document(blocks=(table,)))["content"]
    assert [cell["type"] for cell in shown["content"][0]["content"]] == ["tableHeader"] * 2
    assert [cell["type"] for cell in shown["content"][1]["content"]] == ["tableCell"] * 2
    assert words(rest) == "… and 3 more"


def test_a_chart_is_drawn_with_few_bars_and_keeps_its_summary():
    chart = Chart(
        title="Burn-up",
        x=("d",) * 100,
        series=(Series(name="done", values=tuple(float(n) for n in range(100))),),
        summary="40 of 50 done",
    )
    (paragraph,) = render(Document(blocks=(chart,)))["content"]
    assert paragraph["type"] == "paragraph"
    bars = next(node["text"] for node in nodes(paragraph) if node.get("marks") == [{"type": "code"}])
    assert len(bars) == MAX_BARS
    assert (bars[0], bars[-1]) == ("▁", "█")
    assert words(paragraph).endswith("40 of 50 done")


def test_a_note_is_subdued():
    (node,) = render(Document(blocks=(Note(content=line("small print")),)))["content"][0]["content"]
    assert [mark["type"] for mark in node["marks"]] == ["textColor"]


def test_a_document_that_is_too_long_loses_rows_and_says_so():
    table = Table(header=(line("a"),), rows=tuple((line("x" * 100),) for _ in range(1000)))
    tree = render(Document(blocks=(table,)))
    assert len(json.dumps(tree)) <= MAX_CHARACTERS
    assert "more" in words(tree["content"][-1])
