from __future__ import annotations

import pytest

from pmbridge.model import LinkKind
from pmbridge_jira.links import links, meaning, remote_links

BLOCKS = {"name": "Blocks", "outward": "blocks", "inward": "is blocked by"}


def _ends(link):
    return (link.id, link.item, link.target, link.kind, link.phrase)


def test_both_ends_of_a_link_yield_the_same_row(issue):
    source = issue(1, issuelinks=[{"id": "5", "type": BLOCKS, "outwardIssue": {"id": "10002", "key": "SHOP-2"}}])
    target = issue(2, issuelinks=[{"id": "5", "type": BLOCKS, "inwardIssue": {"id": "10001", "key": "SHOP-1"}}])
    (one,), (other,) = links(source, "j"), links(target, "j")
    assert _ends(one) == _ends(other) == ("5", "10001", "10002", LinkKind.BLOCKS, "blocks")


def test_a_type_defined_the_other_way_round_still_points_from_the_active_end(issue):
    backwards = {"name": "Test", "outward": "is tested by", "inward": "tests"}
    (link,) = links(issue(1, issuelinks=[{"id": "5", "type": backwards, "outwardIssue": {"id": "10009"}}]), "j")
    assert _ends(link) == ("5", "10009", "10001", LinkKind.TESTS, "tests")


@pytest.mark.parametrize(
    ("name", "phrase", "kind"),
    [
        ("Mirror", "mirrors", LinkKind.MIRRORS),
        ("Duplicate", "duplicates", LinkKind.DUPLICATES),
        ("Problem/Incident", "causes", LinkKind.CAUSES),
        ("Issue split", "split to", LinkKind.SPLITS),
        ("Relates", "relates to", LinkKind.RELATES),
        ("Testfall", "prüft", LinkKind.TESTS),
        ("Cloners", "clones", LinkKind.OTHER),
        ("Contest", "is the latest of", LinkKind.OTHER),
    ],
)
def test_the_phrase_says_what_a_link_means_and_else_the_name(name, phrase, kind):
    assert meaning(name, phrase) is kind


def test_a_link_whose_other_end_is_hidden_is_passed_over(issue):
    assert list(links(issue(issuelinks=[{"id": "5", "type": BLOCKS}]), "j")) == []
    assert list(links(issue(issuelinks=None), "j")) == []


def test_only_web_addresses_are_kept_as_remote_links():
    payloads = [
        {"relationship": "mirrored by", "object": {"url": "https://gitlab.example/a/-/issues/1", "title": "a#1"}},
        {"object": {"url": "javascript:alert(1)", "title": "x"}},
        {"object": {"url": None}},
        {},
    ]
    (kept,) = remote_links(payloads)
    assert (kept.url, kept.title, kept.relationship) == ("https://gitlab.example/a/-/issues/1", "a#1", "mirrored by")
