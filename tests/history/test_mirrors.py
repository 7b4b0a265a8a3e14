from __future__ import annotations

from typing import Any

from pmbridge.history.mirrors import MirrorRules, address, canonical_items
from pmbridge.history.records import records
from pmbridge.model import RemoteLink

ORDER = ("jira", "gitlab")


def groups(tale: Any, rules: MirrorRules | None = None) -> list[tuple[str, ...]]:
    history = tale.history()
    return [
        tuple(f.item.key for f in one.faces) for one in canonical_items(records(history), history.links, ORDER, rules)
    ]


def remote(url: str, relationship: str = "mirrors") -> RemoteLink:
    return RemoteLink(url=url, relationship=relationship)


def test_a_remote_link_with_a_mirroring_word_unites_two_trackers(story: Any):
    tale = story()
    tale.item("S-1", "2025-01-02", url="https://j.example/browse/S-1")
    tale.item(
        "#7", "2025-01-01", "gitlab", remote_links=(remote("http://J.example/browse/S-1/#top", "Is mirrored by"),)
    )
    tale.item("S-2", "2025-01-02", url="https://j.example/browse/S-2")
    assert groups(tale) == [("S-1", "#7"), ("S-2",)]


def test_a_link_that_only_relates_unites_nothing(story: Any):
    tale = story()
    tale.item("S-1", "2025-01-02", url="https://j.example/browse/S-1")
    tale.item("#7", "2025-01-01", "gitlab", remote_links=(remote("https://j.example/browse/S-1", "relates to"),))
    assert groups(tale) == [("#7",), ("S-1",)]


def test_a_configured_word_counts_and_a_link_without_a_word_where_that_is_wanted(story: Any):
    tale = story()
    tale.item("S-1", "2025-01-02", url="https://j.example/browse/S-1")
    tale.item("S-2", "2025-01-02", url="https://j.example/browse/S-2")
    tale.item("#1", "2025-01-01", "gitlab", remote_links=(remote("https://j.example/browse/S-1", "Twin of"),))
    tale.item("#2", "2025-01-01", "gitlab", remote_links=(remote("https://j.example/browse/S-2", ""),))
    assert groups(tale) == [("#1",), ("#2",), ("S-1",), ("S-2",)]
    assert groups(tale, MirrorRules.from_words(["twin of"])) == [("#2",), ("S-1", "#1"), ("S-2",)]
    assert groups(tale, MirrorRules.from_words([], remote_links=True)) == [("#1",), ("S-1",), ("S-2", "#2")]


def test_a_line_in_the_description_unites(story: Any):
    tale = story()
    tale.item("S-1", "2025-01-02", url="https://j.example/browse/S-1")
    tale.item("#7", "2025-01-01", "gitlab", description="Intro\n**Mirrors:** https://j.example/browse/S-1\nmore")
    tale.item("#8", "2025-01-01", "gitlab", description="this mirrors nothing, see https://j.example/browse/S-1")
    assert groups(tale) == [("#8",), ("S-1", "#7")]


def test_links_of_one_source_and_of_a_mirroring_kind_unite_chains(story: Any):
    tale = story()
    for key in ("A", "B", "C", "D"):
        tale.item(key, "2025-01-02")
    tale.link("A", "B", "mirrors")
    tale.link("B", "C", "other", phrase="is mirrored by")
    tale.link("C", "D", "relates", phrase="relates to")
    assert groups(tale) == [("A", "B", "C"), ("D",)]


def test_addresses_ignore_scheme_case_of_host_final_slash_query_and_gitlab_s_two_paths():
    spellings = (
        "https://GL.example/a/b/-/issues/7",
        "http://gl.example/a/b/-/issues/7/",
        "https://gl.example/a/b/-/issues/7?x=1#note_3",
        "https://gl.example/a/b/-/work_items/7",
    )
    assert len({address(url) for url in spellings}) == 1
    assert address(spellings[0]) != address("https://gl.example/a/b/-/issues/8")
