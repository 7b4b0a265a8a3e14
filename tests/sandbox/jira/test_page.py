from __future__ import annotations

from pmbridge.sandbox.jira import adf

EVIL = "<script>alert('x')</script>"


def test_an_issues_page_shows_it_with_everything_escaped(jira, jira_site, story):
    now = jira_site.clock.now()
    jira_site.edit_issue(story, at=now, by="u-ada", summary=EVIL, labels=["<b>"], description=EVIL)
    jira_site.add_comment(story, EVIL, at=now, by="u-ada")
    jira_site.add_remote_link(story, "javascript:alert(1)", EVIL, "mirrors")
    page = jira("GET", "/browse/SHOP-1", auth=None)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<script" not in page.text
    assert "javascript:" not in page.text
    assert page.text.count("&lt;script&gt;") >= 4
    assert "&lt;b&gt;" in page.text
    assert 'href="/projects/SHOP/versions/' in page.text


def test_a_rich_document_becomes_html(jira, jira_site, story):
    strong = {"type": "text", "text": "bold & bright", "marks": [{"type": "strong"}]}
    linked = {"type": "text", "text": "report", "marks": [{"type": "link", "attrs": {"href": "https://r.example"}}]}
    trap = {"type": "text", "text": "trap", "marks": [{"type": "link", "attrs": {"href": "javascript:x"}}]}
    status = {"type": "status", "attrs": {"text": "Amber", "color": "yellow"}}
    cell = {"type": "tableCell", "content": [adf.paragraph("cell")]}
    head = {"type": "tableHeader", "content": [adf.paragraph("head")]}
    table = {
        "type": "table",
        "content": [{"type": "tableRow", "content": [head]}, {"type": "tableRow", "content": [cell]}],
    }
    blocks = [
        adf.heading("Health", 2),
        {"type": "paragraph", "content": [strong, linked, trap, status]},
        table,
        adf.bullet_list(["one"]),
        adf.task_list([("done", True), ("open", False)]),
    ]
    jira_site.add_comment(story, blocks, at=jira_site.clock.now(), by="u-ada")
    text = jira("GET", "/browse/SHOP-1").text
    for expected in (
        "<h2>Health</h2>",
        "<strong>bold &amp; bright</strong>",
        '<a href="https://r.example">report</a>',
        '<span class="lozenge yellow">Amber</span>',
        "<th><p>head</p></th>",
        "<td><p>cell</p></td>",
        "<li><p>one</p></li>",
        "<li>☑ done</li>",
        "<li>☐ open</li>",
    ):
        assert expected in text
    assert "javascript:" not in text


def test_a_versions_page_shows_progress_and_issues(jira, jira_site, story):
    version = jira_site.project_versions("SHOP")[0]
    jira_site.update_version(version.id, description="[pmbridge] <on> track")
    text = jira("GET", f"/projects/SHOP/versions/{version.id}", auth=None).text
    assert "[pmbridge] &lt;on&gt; track" in text
    assert "2026-09-30" in text
    assert '<a href="/browse/SHOP-1">SHOP-1</a>' in text
    assert jira("GET", "/browse/SHOP-99").status_code == 404
