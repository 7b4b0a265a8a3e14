from __future__ import annotations

import pytest

from pmbridge.sandbox.gitlab.markdown import render

EVIL = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Health", "<h1>Health</h1>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<td>1</td>"),
        ("~~old~~", "<s>old</s>"),
        ("- [ ] open\n- [x] done", "<li>☑ done</li>"),
        ("[report](https://r.example)", '<a href="https://r.example">report</a>'),
        ("`<!-- shown -->`", "<code>&lt;!-- shown --&gt;</code>"),
        (r"\/close", "<p>/close</p>"),
        ("<sub>small print</sub>", "<sub>small print</sub>"),
        ("<sub onclick=x>loud</sub>", "&lt;sub onclick=x&gt;loud"),
    ],
)
def test_markdown_becomes_html(text, html):
    assert html in render(text)


@pytest.mark.parametrize("text", ["before\n\n<!-- marker -->\n\nafter", "before <!-- marker --> after"])
def test_comments_are_hidden(text):
    assert "marker" not in render(text)
    assert "before" in render(text)
    assert "after" in render(text)


@pytest.mark.parametrize("text", [EVIL, f"text {EVIL}", "<img src=x onerror=alert(1)>", "<!-- a --><b onclick=x>"])
def test_raw_html_is_shown_and_not_executed(text):
    assert not any(f"<{tag}" in render(text) for tag in ("script", "img", "b "))


def test_an_executable_address_is_no_link():
    assert "href" not in render("[trap](javascript:alert(1))")


def test_an_issues_page_shows_it_with_everything_escaped(gitlab, sandbox, gitlab_site, bug, ada, milestones):
    now = gitlab_site.clock.now()
    gitlab_site.edit(bug, at=now, by=ada, title=EVIL, description=f"{EVIL}\n\n- [x] ready")
    gitlab_site.set_milestone(bug, milestones[0], at=now, by=ada)
    gitlab_site.add_labels(bug, ["<b>"], at=now, by=ada)
    gitlab_site.add_note(bug, f"Amber {EVIL}\n\n<!-- pmbridge slot=x -->", at=now, by=ada)
    gitlab.url = sandbox.gitlab.url
    page = gitlab("GET", "/acme/shop-web/-/issues/1", headers={})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert page.text.count("&lt;script&gt;") >= 4
    assert "&lt;b&gt;" in page.text
    assert "pmbridge slot" not in page.text
    assert "☑ ready" in page.text
    assert 'acme/shop-web/-/milestones/1">1.0</a>' in page.text


def test_milestones_have_pages_too(gitlab, sandbox, gitlab_site, bug, ada, milestones):
    gitlab_site.set_milestone(bug, milestones[0], at=gitlab_site.clock.now(), by=ada)
    gitlab_site.update_milestone(milestones[0], description="**72 %** done\n\n<!-- pmbridge:begin slot=x -->")
    gitlab_site.add_group_milestone(gitlab_site.group("acme").id, "Autumn")
    gitlab.url = sandbox.gitlab.url
    text = gitlab("GET", "/acme/shop-web/-/milestones/1", headers={}).text
    assert "<strong>72 %</strong> done" in text
    assert "pmbridge:begin" not in text
    assert '<a href="/acme/shop-web/-/issues/1">#1</a>' in text
    assert "Autumn" in gitlab("GET", "/groups/acme/-/milestones/1", headers={}).text
    assert gitlab("GET", "/acme/shop-web/-/milestones/9", headers={}).status_code == 404
