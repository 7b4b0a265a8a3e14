"""The one grammar of pictures: SVG and PNG without a browser, and hostile words that stay words."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from pmbridge.reports.charts import Band, Bars, Dots, Limit, Line, Plot, Role, Stack

DAYS = [date(2026, 9, 29) + timedelta(days=n) for n in range(10)]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]><svg onload=alert(1)>",
    "&lt;b&gt; & &amp;",
    "{{7*7}}${x}",
    "a\\'b\"c\u202e",
)


def plot(*layers, **more):
    return Plot(**{"name": "p", "title": "Title", "text": "Text.", "layers": layers, **more})


def words(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter() if element.text and element.text.strip()]


ALL = (
    Bars("came", DAYS, [1.0] * 10, Role.CAME),
    Band("band", DAYS, [0.5] * 10, [2.0] * 10, Role.EXPECTED),
    Line("level", DAYS, [None, *range(9)], Role.OPEN, step=True),
    Dots("alarm", DAYS[:1], [1.0], Role.ALARM),
    Limit("limit", 3.0, Role.ALARM),
    Limit("today", DAYS[5], Role.ALARM, upright=True),
)


def test_every_layer_is_drawn_and_named_in_the_legend():
    svg = plot(*ALL).svg()
    assert set(words(svg)) >= {"Title", "came", "band", "level", "alarm", "limit", "today"}
    for role in (Role.CAME, Role.EXPECTED, Role.OPEN, Role.ALARM):
        assert role.value in svg


def test_a_stack_lays_its_first_row_at_the_bottom():
    svg = plot(Stack(DAYS, [("grave", Role.GRAVEST, [1.0] * 10), ("minor", Role.MINOR, [2.0] * 10)])).svg()
    assert {"grave", "minor"} <= set(words(svg))


def test_a_png_is_a_png():
    assert plot(*ALL).png(1.0).startswith(b"\x89PNG\r\n")


def test_the_same_plot_is_the_same_picture():
    assert plot(*ALL).svg() == plot(*ALL).svg()


def test_days_are_those_given_whatever_zone_the_machine_is_in(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    svg = plot(Bars("came", [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)], [1, 2, 3], Role.CAME)).svg()
    assert {"1 Oct", "2 Oct", "3 Oct"} <= set(words(svg))


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_a_tracker_are_text_in_a_picture(text):
    svg = plot(Line(text, DAYS, [1.0] * 10, Role.CAME), title=text, up=text).svg()
    tree = ElementTree.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= {
        "svg", "g", "path", "rect", "line", "text", "defs", "clipPath", "style", "title",
    }  # fmt: skip
    assert not [name for element in tree.iter() for name in element.attrib if name.lower().startswith("on")]
    assert "<script" not in svg
    assert "onerror=" not in svg.replace("onerror=alert", "") or "&lt;img" in svg


def test_a_long_name_is_cut():
    assert "x" * 33 not in plot(Line("x" * 200, DAYS, [1.0] * 10, Role.CAME)).svg()


def test_shares_are_percentages_and_big_counts_are_written_out():
    assert "100%" in words(plot(Line("a", [0.0, 5.0], [1.0, 0.0], Role.OPEN), percent=True, top=1.0).svg())
    assert "1,500" in words(plot(Line("a", [0.0, 5.0], [1500.0, 0.0], Role.OPEN)).svg())
