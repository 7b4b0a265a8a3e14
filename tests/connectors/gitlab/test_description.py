from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge_gitlab.description import MAX_LINKS, checklist, remote_links


def test_a_checklist_is_read_from_all_kinds_of_lists() -> None:
    text = "\r\n".join(
        ["* [x] one", "+ [ ] two", "1. [X] three", "  - [ ] nested", "> - [ ] quoted", "- [] no", "[ ] no"]
    )
    assert [(c.text, c.ticked) for c in checklist(text)] == [
        ("one", True),
        ("two", False),
        ("three", True),
        ("nested", False),
        ("quoted", False),
    ]


def test_boxes_in_code_and_inapplicable_ones_are_no_checks() -> None:
    text = "```md\n- [ ] example\n~~~\n- [x] example\n```\n- [~] gone\n- [x] real"
    assert [c.text for c in checklist(text)] == ["real"]


def test_links_are_found_once_with_the_word_that_names_them() -> None:
    text = (
        "See https://a.example/x, and (https://b.example/y(z)).\n"
        "Mirrors: https://jira.example/browse/SHOP-1\n"
        "**Jira**: <https://jira.example/browse/SHOP-2>\n"
        "- Test plan: [here](https://c.example/p)\n"
        "again https://a.example/x https://\n"
    )
    assert [(link.url, link.relationship) for link in remote_links(text)] == [
        ("https://a.example/x", "mentions"),
        ("https://b.example/y(z)", "mentions"),
        ("https://jira.example/browse/SHOP-1", "Mirrors"),
        ("https://jira.example/browse/SHOP-2", "Jira"),
        ("https://c.example/p", "mentions"),
    ]


def test_a_named_line_names_a_link_that_was_seen_before() -> None:
    (link,) = remote_links("https://jira.example/1\nMirrors: https://jira.example/1")
    assert link.relationship == "Mirrors"


def test_links_in_code_are_none() -> None:
    assert remote_links("```\nMirrors: https://jira.example/1\n```") == ()


def test_links_are_capped() -> None:
    text = " ".join(f"https://a.example/{n}" for n in range(50))
    assert len(remote_links(text)) == MAX_LINKS


@given(st.text(alphabet=st.sampled_from("htps:/.[]()<>-*x ~`\n1aé"), max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(link.url.lower().startswith("http") for link in remote_links(text))
    assert all(check.text for check in checklist(text))
