from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.mirror_titles import Claim
from pmbridge.history.mirrors import MirrorRules, Mirrors, address, canonical_items, united
from pmbridge.history.records import records
from pmbridge.model import History, RemoteLink

ORDER = ("jira", "gitlab")


def groups(tale: Any, rules: MirrorRules | None = None) -> list[tuple[str, ...]]:
    history = tale.history()
    return [
        tuple(f.item.key for f in one.faces) for one in canonical_items(records(history), history.links, ORDER, rules)
    ]


def mirrors(tale: Any) -> Mirrors:
    history = tale.history()
    return united(records(history), history.links, ORDER)


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


def test_addresses_ignore_scheme_case_of_host_final_slash_and_query():
    spellings = (
        "https://GL.example/a/b/-/issues/7",
        "http://gl.example/a/b/-/issues/7/",
        "https://gl.example/a/b/-/issues/7?x=1#note_3",
    )
    assert len({address(url) for url in spellings}) == 1
    assert address(spellings[0]) != address("https://gl.example/a/b/-/issues/8")


def test_a_page_with_two_addresses_is_met_at_either(story: Any):
    tale = story()
    tale.item("#7", "2025-01-01", "gitlab", url="https://gl.example/a/-/issues/7",
              also_at=("https://gl.example/a/-/work_items/7",))  # fmt: skip
    tale.item("S-1", "2025-01-02", remote_links=(remote("https://gl.example/a/-/issues/7"),))
    tale.item("#8", "2025-01-01", "gitlab", url="https://gl.example/a/-/issues/8",
              also_at=("https://gl.example/a/-/work_items/8",))  # fmt: skip
    tale.item("S-2", "2025-01-02", remote_links=(remote("https://gl.example/a/-/work_items/8/"),))
    assert groups(tale) == [("S-1", "#7"), ("S-2", "#8")]


def test_a_link_to_a_page_may_bear_the_name_of_its_tracker(story: Any):
    tale = story()
    tale.item("#7", "2025-01-01", "gitlab", url="https://gl.example/a/-/issues/7")
    tale.item("S-1", "2025-01-02", remote_links=(remote("https://gl.example/a/-/issues/7", "GitLab"),))
    assert groups(tale) == [("#7",), ("S-1",)]
    assert groups(tale, MirrorRules.from_words((), trackers=("jira", "gitlab"))) == [("S-1", "#7")]


def test_a_labelled_line_may_name_a_key_and_code_hides_it(story: Any):
    tale = story()
    for key in ("SHOP-1", "SHOP-2", "SHOP-3"):
        tale.item(key, "2025-01-02")
    tale.item("web#1", "2025-01-03", "gitlab", description="Mirrors: SHOP-1")
    tale.item("web#2", "2025-01-03", "gitlab", description="```\nMirrors: SHOP-2\n```")
    tale.item("web#3", "2025-01-03", "gitlab", description="see SHOP-3, mirrors are fine")
    assert groups(tale) == [("web#2",), ("web#3",), ("SHOP-1", "web#1"), ("SHOP-2",), ("SHOP-3",)]


def test_a_title_with_a_key_and_the_same_words_is_a_mirror_and_with_other_words_only_where_that_is_wanted(story: Any):
    tale = story()
    tale.item("SHOP-1", "2025-01-02", title="Pay by card")
    tale.item("SHOP-2", "2025-01-02", title="Refunds")
    tale.item("web#1", "2025-01-03", "gitlab", title="[SHOP-1] Pay  by Card")
    tale.item("web#2", "2025-01-03", "gitlab", title="SHOP-2: backend of refunds")
    tale.item("web#3", "2025-01-03", "gitlab", title="Refunds, see SHOP-2")
    assert groups(tale) == [("web#2",), ("web#3",), ("SHOP-1", "web#1"), ("SHOP-2",)]
    assert groups(tale, MirrorRules(titles=True)) == [("web#3",), ("SHOP-1", "web#1"), ("SHOP-2", "web#2")]


def test_two_titles_that_claim_one_item_unite_nothing_and_are_told(story: Any):
    tale = story()
    tale.item("SHOP-1", "2025-01-02", title="Pay")
    for key in ("web#1", "web#2"):
        tale.item(key, "2025-01-03", "gitlab", title="SHOP-1: Pay")
    found = mirrors(tale)
    assert [len(one.faces) for one in found.items] == [1, 1, 1]
    assert found.refused == tuple(Claim(("gitlab", key), ("jira", "SHOP-1")) for key in ("web#1", "web#2"))


def test_a_stated_mirror_beats_a_title(story: Any):
    tale = story()
    tale.item("SHOP-1", "2025-01-02", title="Pay", url="https://j.example/browse/SHOP-1")
    tale.item("web#1", "2025-01-03", "gitlab", remote_links=(remote("https://j.example/browse/SHOP-1"),))
    tale.item("web#2", "2025-01-03", "gitlab", title="SHOP-1: Pay")
    found = mirrors(tale)
    assert [tuple(face.item.key for face in one.faces) for one in found.items] == [("web#2",), ("SHOP-1", "web#1")]
    assert found.refused == (Claim(("gitlab", "web#2"), ("jira", "SHOP-1")),)


def test_a_title_may_repeat_what_a_link_states(story: Any):
    tale = story()
    tale.item("SHOP-1", "2025-01-02", title="Pay", url="https://j.example/browse/SHOP-1")
    link = remote("https://j.example/browse/SHOP-1")
    tale.item("web#1", "2025-01-03", "gitlab", title="SHOP-1: Pay", remote_links=(link,))
    found = mirrors(tale)
    assert (len(found.items), found.refused) == (1, ())


def test_a_mirror_that_is_not_held_is_lost_where_its_project_is(story: Any):
    tale = story()
    tale.item("S-1", "2025-01-02", url="https://j.example/browse/S-1")
    elsewhere = (remote("https://j.example/browse/S-9"), remote("https://other.example/browse/X-1"))
    tale.item("#7", "2025-01-01", "gitlab", remote_links=elsewhere)
    assert mirrors(tale).lost == ((("gitlab", "#7"), "https://j.example/browse/S-9"),)


NAMES = ("S-1", "S-2", "S-3", "S-4", "web#1", "web#2", "web#3", "web#4")
SAID = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(("link", "page", "line", "title"))),
    max_size=12,
)


def said(story: Any, statements: list[tuple[str, str, str]]) -> History:
    """Build a history in which items state mirrors in every way there is."""
    tale = story()
    titles, lines, pages = {}, {}, {}
    for a, b, how in statements:
        source = tracker(a)
        if how == "link" and source == tracker(b):
            tale.link(a, b, "mirrors", source)
        elif how == "page":
            pages.setdefault(a, []).append(remote(page(b)))
        elif how == "line":
            lines[a] = f"{lines.get(a, '')}Mirrors: {b}\n"
        elif how == "title":
            titles[a] = f"{b}: Title of {b}"
    for name in NAMES:
        more = {"title": titles[name]} if name in titles else {}
        more |= {"url": page(name), "description": lines.get(name), "remote_links": tuple(pages.get(name, ()))}
        tale.item(name, "2025-01-02", tracker(name), **more)
    return tale.history()


def page(name: str) -> str:
    return f"https://{tracker(name)}.example/{name.replace('#', '/')}"


def tracker(name: str) -> str:
    return "gitlab" if "#" in name else "jira"


def together(history: History) -> tuple[set[frozenset[str]], set[str], Any]:
    found = united(records(history), history.links, ORDER)
    sets = {frozenset(face.item.key for face in one.faces) for one in found.items}
    return sets, {one.item.key for one in found.items}, (found.refused, found.lost)


@given(SAID, st.randoms(use_true_random=False))
def test_every_item_counts_once_whichever_order_the_rows_have(story: Any, statements: Any, dice: Random):
    history = said(story, statements)
    sets, leading, rest = together(history)
    assert sorted(key for one in sets for key in one) == sorted(NAMES)
    assert len(leading) == len(sets)
    items, links = list(history.items), list(history.links)
    dice.shuffle(items)
    dice.shuffle(links)
    assert together(replace(history, items=tuple(items), links=tuple(links))) == (sets, leading, rest)


@given(SAID)
def test_it_makes_no_difference_which_side_states_a_mirror(story: Any, statements: Any):
    stated = [one for one in statements if one[2] != "title"]
    mine, theirs = (together(said(story, side))[0] for side in (stated, [(b, a, how) for a, b, how in stated]))
    assert mine == theirs


@given(SAID)
def test_a_title_never_joins_two_items_of_one_tracker(story: Any, statements: Any):
    titles = [one for one in statements if one[2] == "title"]
    for group in together(said(story, titles))[0]:
        assert len({tracker(key) for key in group}) == len(group)
