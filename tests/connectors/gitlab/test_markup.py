from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pmbridge.document import (
    Bullets,
    Chart,
    Colour,
    Document,
    Heading,
    Link,
    Note,
    Paragraph,
    Status,
    Table,
    Text,
    line,
)
from pmbridge_gitlab.markup import escaped, guarded, one_line, render

HOSTILE = (
    "/close", "/CLOSE", "\n/label ~bug", "\r/close", "x\n\r/close", "```", "~~~", "<script>", "</sub>", "<!--", "-->",
    "| a |", "[x](http://e.example)", "![i](http://e.example/i.png)", "http://e.example", "www.e.example",
    "a@b.example", "@all", "#1", "!2", "%3", "~l", "&4", "&amp;", "&#x41;", "\u202e", "\u200b", "\x00", "> ",
    "- ", "1. ", "# ", "***", "---", "===", "    ", "\t", "\\", "`", "``", "$x$", "{+a+}", "[^1]", ":smile:",
    "\u2028/close",
)  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=6)), max_size=8).map("".join)
gfm = MarkdownIt("gfm-like")


def commands(body: str) -> list[str]:
    """What GitLab would carry out: it drops carriage returns and code, and looks at column 0 of every line."""
    body = body.replace("\r", "")
    shielded = re.compile(r"^```.*?^```|^>>>\s*$.*?^>>>\s*$|^<[^>]+?>\s*$.*?^</[^>]+?>\s*$|`[^`\n]+`", re.M | re.S)
    known = r"^/(?:close|label|all|[a-z_]+)\b"
    return [*re.findall(known, body, re.M | re.I), *re.findall(known, shielded.sub("", body), re.M | re.I)]


def words(rendered: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", rendered)).split())


def seen(text: str) -> str:
    return " ".join(one_line(text).split())


@settings(max_examples=400)
@given(texts)
@example("x\n\r/close")
def test_any_text_is_shown_and_does_nothing(text: str) -> None:
    rendered = gfm.render(escaped(text).strip())
    inner = rendered.removeprefix("<p>").removesuffix("</p>\n")
    assert "<" not in inner
    assert words(rendered) == seen(text)
    assert commands(guarded(escaped(text))) == []


@settings(max_examples=200)
@given(texts, texts)
def test_text_in_any_place_of_a_document_is_shown_and_does_nothing(text: str, other: str) -> None:
    document = Document(
        blocks=(
            Heading(level=2, content=line(text)),
            Paragraph(content=line(text, Text(text=other, strong=True), Text(text=text, code=True))),
            Bullets(items=(line(text), line(Status(text=other, colour=Colour.RED)))),
            Table(header=(line("Item"), line("Title")), rows=((line(text), line(Text(text=other, code=True))),)),
            Note(content=line(text)),
            Chart(title=text, x=(), series=(), summary=other),
        )
    )
    body = render(document, references=False)
    assert commands(body) == []
    rendered = gfm.render(body)
    tags = set(re.findall(r"</?([a-z0-9]+)", rendered))
    assert tags <= {
        "h2", "p", "strong", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "sub", "br"
    }  # fmt: skip
    assert rendered.count("<td") == 2
    assert rendered.count("<li>") == 2
    assert "href" not in rendered
    squeezed = words(rendered).replace(" ", "")
    assert squeezed.count(seen(text).replace(" ", "")) >= 4 or not seen(text)


@given(texts)
def test_the_guard_leaves_no_line_that_begins_with_a_slash(text: str) -> None:
    assert commands(guarded(text)) == []
    assert not any(row.startswith("/") for row in guarded(text).split("\n"))


def test_spaces_between_parts_are_kept() -> None:
    body = render(
        Document(blocks=(Paragraph(content=line("at ", Text(text="risk", strong=True), " since")),)), references=True
    )
    assert body == "at <strong>risk</strong> since"


def test_a_table_shows_what_was_left_out() -> None:
    table = Table(header=(line("Key"), line("Title")), rows=((line("A|B"), line("")),), left_out=37)
    assert render(Document(blocks=(table,)), references=True) == (
        "| Key | Title |\n| --- | --- |\n| A\\|B |  |\n\n… and 37 more"
    )


def test_a_status_says_its_colour_in_a_picture_and_its_word() -> None:
    body = render(
        Document(blocks=(Paragraph(content=line(Status(text="at risk", colour=Colour.AMBER))),)), references=True
    )
    assert body == "🟡 <strong>at risk</strong>"


def test_a_link_is_written_with_an_inert_label() -> None:
    link = Link(text="a](http://evil.example) [b", url="https://jira.example/browse/SHOP-1?a=b c>d")
    body = render(Document(blocks=(Paragraph(content=(link,)),)), references=True)
    assert gfm.render(body).count("<a ") == 1
    assert 'href="https://jira.example/browse/SHOP-1?a=b%20c%3Ed"' in gfm.render(body)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "/close", "https://[", ""]
)
def test_an_address_that_is_no_web_address_becomes_no_link(url: str) -> None:
    rendered = gfm.render(render(Document(blocks=(Paragraph(content=(Link(text="go", url=url),)),)), references=True))
    assert "href" not in rendered
    assert "go" in rendered


@pytest.mark.parametrize("kind", ["issues", "work_items", "merge_requests", "milestones"])
def test_in_comments_a_link_to_an_issue_is_only_its_key(kind: str) -> None:
    link = Link(text="acme/shop-web#12", url=f"https://gitlab.example.com/acme/shop-web/-/{kind}/12")
    document = Document(blocks=(Paragraph(content=(link,)),))
    assert render(document, references=False) == "`acme/shop-web#12`"
    assert "https://" in render(document, references=True)


@settings(max_examples=200)
@given(texts)
def test_no_address_ends_its_link(url: str) -> None:
    link = Link(text="label", url=f"https://e.example/{url}")
    rendered = gfm.render(render(Document(blocks=(Paragraph(content=(link,)),)), references=True))
    assert set(re.findall(r"</?([a-z0-9]+)", rendered)) == {"p", "a"}
    assert words(rendered) == "label"
