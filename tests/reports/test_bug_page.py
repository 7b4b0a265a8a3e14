"""The daily hypercare page: one file, no script, words for every picture, hostile text that stays text."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from runpy import run_path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.document import plain
from pmbridge.reports.bug_page import page
from pmbridge.reports.bugs import hypercare_page

L = datetime(2026, 9, 1, 8, tzinfo=UTC)
STORY = run_path(str(Path(__file__).parents[1] / "story.py"))["Story"]
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'

Told = tuple[Assessment, MilestoneAssessment]


class Seen(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def told() -> Callable[..., Told]:
    def tell(as_of: float = 38.0, *, word: str = "plain", released: bool = True, url: str | None = None) -> Told:
        settings = ProductSettings.model_validate(
            {
                "title": f"Web shop {word}",
                "projects": {"jira": ["SHOP", "HELP"]},
                "bugs": {
                    "sla": {"major": "10bd"},
                    "handoff": {"support": {"jira": ["HELP"]}, "escalated": ["Blocked outside"]},
                },
            }
        )
        tale: Any = STORY()
        release = L if released else None
        tale.milestone("version:2", f"2.0 {word}", start=date(2026, 7, 1), due=date(2026, 9, 1), released=release)
        fields = {"type": "Bug", "affects": ("version:2",), "severity": word, "components": (word,), "title": word}
        fields |= {"url": url} if url else {}
        for n in range(24):
            came = L + timedelta(days=22 * (n / 24) ** 2 + 0.1)
            tale.item(f"B-{n:02}", came, **fields)
            tale.status(f"B-{n:02}", came + timedelta(days=3), "done")
        for n in range(14):
            tale.item(f"P-{n:02}", L + timedelta(days=30 + n / 3), **fields)
        tale.item("HELP-1", L + timedelta(days=2), project="HELP", type="Task", title=word)
        tale.link("HELP-1", "P-05", "relates", phrase="relates to")
        at = L + timedelta(days=as_of)
        found = assess(tale.history(), settings, product="shop", as_of=at, config_digest="c0ffee", version="1.0")
        return found, found.milestones[0]

    return tell


def test_the_page_says_first_what_to_do_and_then_what_stands_behind_it(told: Callable[..., Told]) -> None:
    text = Seen(page(*told())).words
    places = [text.index(word) for word in ("ALARM", "open now", "Today", "What is to come", "Who holds what")]
    assert places == sorted(places)
    assert "HELP-1" in text
    assert "Hypercare goes on" in text


def test_every_picture_is_inside_the_page_and_has_words(told: Callable[..., Told]) -> None:
    seen = Seen(page(*told()))
    images = seen.of("img")
    assert len(images) >= 5
    for image in images:
        kind, _, data = (image["src"] or "").partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(b64decode(data)).tag.endswith("svg")
        assert len(image["alt"] or "") > 20


def test_the_page_has_no_script_and_loads_nothing(told: Callable[..., Told]) -> None:
    text = page(*told())
    seen = Seen(text)
    names = {name for name, _ in seen.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "form"}
    assert not re.findall(r"(?:src|srcset)=\"(?!data:)", text)
    assert not re.findall(r"url\(|@import", text)
    policy = next(one["content"] for one in seen.of("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert (policy or "").startswith("default-src 'none'")


def test_it_is_made_for_one_sheet_and_for_readers(told: Callable[..., Told]) -> None:
    text = page(*told())
    assert "@page { size: A4 portrait" in text
    assert "@media print" in text
    assert '<html lang="en">' in text
    assert all(cell.get("scope") == "col" for cell in Seen(text).of("th"))


def test_words_from_trackers_are_shown_and_never_run(told: Callable[..., Told]) -> None:
    text = page(*told(word=EVIL))
    seen = Seen(text)
    assert "script" not in {name for name, _ in seen.tags}
    assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on")]
    assert all((image["src"] or "").startswith("data:") for image in seen.of("img"))
    assert "<script>alert(1)</script>" in seen.words
    assert "{{7*7}}" in seen.words
    for image in seen.of("img"):
        tree = ElementTree.fromstring(b64decode((image["src"] or "").partition(",")[2]))
        assert not [one for one in tree.iter() if one.tag.endswith(("script", "image", "foreignObject"))]


def test_an_address_that_is_none_of_the_web_is_no_link(told: Callable[..., Told]) -> None:
    seen = Seen(page(*told(url="javascript:alert(1)")))
    assert all((link["href"] or "").startswith("https://") for link in seen.of("a"))
    assert "P-05" in seen.words


def test_a_milestone_that_was_not_launched_has_a_page_that_says_why(told: Callable[..., Told]) -> None:
    seen = Seen(page(*told(released=False)))
    assert "Nothing to tell: not launched yet." in seen.words
    assert seen.of("img") == []


def test_the_same_assessment_is_the_same_page(told: Callable[..., Told]) -> None:
    assert page(*told()) == page(*told())


def _no_severity(tale: Any, fields: dict[str, Any]) -> None:
    tale.item("B-1", L + timedelta(days=1), **{**fields, "severity": None})


def _ring(tale: Any, fields: dict[str, Any]) -> None:
    for n in range(3):
        tale.item(f"B-{n}", L + timedelta(days=n), **fields)
    for n in range(3):
        tale.link(f"B-{n}", f"B-{(n + 1) % 3}", "duplicates", phrase="duplicates")


def _closed_before(tale: Any, fields: dict[str, Any]) -> None:
    tale.item("B-1", L + timedelta(days=5), **fields, closed_at=L)


def _after_years(tale: Any, fields: dict[str, Any]) -> None:
    tale.item("B-1", L - timedelta(days=1500), **fields)
    tale.status("B-1", L - timedelta(days=1490), "done")
    tale.status("B-1", L + timedelta(days=3), "todo")


def _imported(tale: Any, fields: dict[str, Any]) -> None:
    for n in range(400):
        tale.item(f"B-{n:03}", L + timedelta(days=3, seconds=n), **{**fields, "author": "importer"})


def _support_alone(tale: Any, fields: dict[str, Any]) -> None:
    for n in range(5):
        tale.item(f"HELP-{n}", L + timedelta(days=n), project="HELP", type="Task")


def _two_releases(tale: Any, fields: dict[str, Any]) -> None:
    tale.milestone("version:3", "3.0", released=L + timedelta(days=2))
    for n in range(20):
        tale.item(f"B-{n:02}", L + timedelta(days=3 + n / 4), **{**fields, "affects": ("version:2", "version:3")})


def _other_zone(tale: Any, fields: dict[str, Any]) -> None:
    for n in range(20):
        tale.item(f"B-{n:02}", (L + timedelta(days=n)).astimezone(ZoneInfo("Asia/Kolkata")), **fields)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_no_severity, "no bug has a severity or a priority"),
        (_ring, "3 reports of 1 defect"),
        (_closed_before, "1 left out: closed before it was created"),
        (_after_years, "0 reports of 0 defects"),
        (_imported, "400 left out: imported in bulk"),
        (_support_alone, "HELP-0 waits for the step"),
        (_two_releases, "0 reports of 0 defects"),
        (_other_zone, "20 reports of 20 defects"),
    ],
)
def test_whatever_the_trackers_say_there_is_a_page_that_tells_it(happens: Callable[..., None], said: str) -> None:
    tale: Any = STORY()
    tale.milestone("version:2", "2.0", start=date(2026, 7, 1), due=date(2026, 9, 1), released=L)
    happens(tale, {"type": "Bug", "affects": ("version:2",), "severity": "major"})
    settings = ProductSettings.model_validate(
        {
            "title": "Web shop",
            "projects": {"jira": ["SHOP", "HELP"]},
            "bugs": {"handoff": {"support": {"jira": ["HELP"]}}},
        }
    )
    at = L + timedelta(days=30)
    found = assess(tale.history(), settings, product="shop", as_of=at, config_digest="c0ffee", version="1.0")
    milestone = next(one for one in found.milestones if one.key == "2.0")
    assert said in plain(hypercare_page(found, milestone))
    assert "<!DOCTYPE html>" in page(found, milestone)
