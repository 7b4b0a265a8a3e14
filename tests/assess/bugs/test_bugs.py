"""Bug flow from a told history to the contract, bad input included."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path
from runpy import run_path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from pmbridge.assess import assess
from pmbridge.assessment import Bugs, json_schema, to_json
from pmbridge.config.product import ProductSettings
from pmbridge.model import RemoteLink

L = datetime(2026, 9, 1, 8, tzinfo=UTC)
STORY = run_path(str(Path(__file__).parents[2] / "story.py"))["Story"]


def at(days: float) -> datetime:
    """Return the instant so many days after the launch."""
    return L + timedelta(days=days)


def product(**more: Any) -> ProductSettings:
    base = {
        "title": "Web shop",
        "zone": "Europe/Berlin",
        "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]},
        "bugs": {"sla": {"blocker": "2bd", "major": "10bd"}},
    }
    return ProductSettings.model_validate({**base, **more})


def launched(title: str = "2.0", *, source: str = "jira", released: datetime | None = L) -> Any:
    tale = STORY()
    tale.milestone("version:2", title, source, start=date(2026, 7, 1), due=date(2026, 9, 1), released=released)
    return tale


def bug(tale: Any, key: str, created: float, fixed: float | None = None, **fields: Any) -> None:
    fields = {"type": "Bug", "affects": ("version:2",), "severity": "major", **fields}
    tale.item(key, at(created), **fields)
    if fixed is not None:
        tale.status(key, at(fixed), "done", source=fields.get("source", "jira"))


def flow(tale: Any, as_of: float = 40.0, key: str = "2.0", settings: ProductSettings | None = None) -> Bugs:
    found = assess(
        tale.history(),
        settings or product(),
        product="shop",
        as_of=at(as_of),
        config_digest="c0ffee",
        version="1.0",
    )
    Draft202012Validator(json_schema()).validate(json.loads(to_json(found)))
    return next(m.bugs for m in found.milestones if m.key == key)


def balanced(bugs: Bugs) -> bool:
    s, before = bugs.series, 0
    for came, again, went, left in zip(s.arrivals, s.reopens, s.closures, s.backlog, strict=True):
        if left != before + came + again - went:
            return False
        before = left
    return all(sum(row.backlog[n] for row in s.severities) == left for n, left in enumerate(s.backlog))


def test_what_came_what_left_and_what_is_open():
    tale = launched()
    for n in range(12):
        bug(tale, f"B-{n:02}", n / 2, n / 2 + 4)
    bug(tale, "B-90", 20)
    found = flow(tale)
    assert (found.reports, found.defects, found.closed, found.backlog) == (13, 13, 12, 1)
    assert found.time_to_resolve_p50.value == pytest.approx(4)
    assert found.launched_at == L
    assert balanced(found)
    assert found.series.backlog[-1] == 1


def test_open_bugs_make_times_longer_than_those_of_the_closed_ones():
    tale = launched()
    for n in range(20):
        bug(tale, f"B-{n:02}", 0.5, 2 + n / 10 if n < 11 else None)
    found = flow(tale)
    assert found.time_to_resolve_p50.value == pytest.approx(2.4)
    assert found.time_to_resolve_p85.value is None
    assert "more than" in found.time_to_resolve_p85.reasons[0]


def test_a_declined_bug_is_no_repair():
    tale = launched()
    for n in range(10):
        bug(tale, f"B-{n}", 1, 3)
        bug(tale, f"D-{n}", 1, 2, resolution="Won't Fix")
    found = flow(tale)
    assert found.declined_rate.value == 0.5
    assert found.time_to_resolve_p50.value == pytest.approx(2)
    assert found.time_to_resolve_p85.value is None


def test_duplicates_are_reports_and_one_defect():
    tale = launched()
    bug(tale, "B-1", 2)
    bug(tale, "B-2", 1, 3, resolution="Duplicate")
    tale.link("B-2", "B-1", "duplicates", phrase="duplicates")
    found = flow(tale)
    assert (found.reports, found.defects) == (2, 1)
    assert found.series.arrivals[1] == 1
    assert balanced(found)


def test_promises_are_measured_and_what_is_late_is_listed():
    tale = launched()
    bug(tale, "B-1", 1, 2)
    bug(tale, "B-2", 1, severity="blocker")
    bug(tale, "B-3", 31)
    found = flow(tale)
    assert found.sla_attainment.value == 0.5
    assert [(p.item, p.state) for p in found.promises] == [("B-2", "breached")]
    assert found.grave == ("B-2",)
    assert any("gravest" in text for text in found.hypercare.missing)


def test_a_calm_product_is_stable_and_hypercare_ends_when_operation_was_handed_over():
    tale = launched()
    for n in range(12):
        bug(tale, f"B-{n:02}", n / 4, n / 4 + 1)
    found = flow(tale, 40)
    assert found.stabilised_on is not None
    assert not found.hypercare.may_end
    handed = product(bugs={"sla": {"major": "10bd"}, "transferred": {"2.0": "2026-10-01"}})
    assert flow(tale, 40, settings=handed).hypercare.may_end


def test_a_bad_week_raises_one_alert_that_names_its_component():
    tale = launched()
    for n in range(24):
        bug(tale, f"B-{n:02}", 22 * (n / 24) ** 2 + 0.1, 26, components=("Cart",))
    for n in range(14):
        bug(tale, f"P-{n:02}", 30 + n / 3, components=("Payment",))
    found = flow(tale, 38)
    (alert,) = found.alerts
    assert alert.driver == "Payment"
    assert alert.ongoing
    assert at(29) <= alert.since <= at(32)
    assert alert.observed > 2 * alert.expected


def test_growth_that_is_plain_gives_a_residual_with_its_interval():
    tale = launched()
    for n in range(60):
        bug(tale, f"B-{n:02}", -12 * log(1 - (n + 0.5) / 64), 60)
    found = flow(tale, 34).reliability
    assert found.status == "ok"
    assert found.interval[0] <= 4 <= found.interval[1]


def test_an_assessment_of_the_past_knows_nothing_of_what_came_later():
    tale = launched()
    bug(tale, "B-1", 1, 5)
    early = flow(tale, 3)
    bug(tale, "B-2", 10)
    assert flow(tale, 3) == early
    assert early.backlog == 1


# --- support and engineering


HANDOFF = {
    "projects": {"jira": ["SHOP", "HELP"], "gitlab": ["acme/web"]},
    "bugs": {
        "handoff": {
            "support": {"jira": ["HELP"]},
            "escalated": ["Blocked outside"],
            "returned": ["label:needs-info"],
            "deployed": ["label:deployed"],
        }
    },
}


def ticket(tale: Any, key: str, created: float, **fields: Any) -> None:
    tale.item(key, at(created), **{"project": "HELP", "type": "Task", **fields})


def test_the_chain_says_who_owes_the_next_step():
    tale = launched()
    ticket(tale, "H-1", 1)
    bug(tale, "B-1", 1.2)
    tale.link("H-1", "B-1", "relates", phrase="relates to")
    ticket(tale, "H-2", 1)
    tale.status("H-2", at(2), "review")
    found = {one.report: one for one in flow(tale, 9, settings=product(**HANDOFF)).handoffs}
    assert (found["H-1"].owner, found["H-1"].step) == ("engineering", "acknowledged")
    assert "stuck" in found["H-1"].findings
    assert (found["H-2"].owner, found["H-2"].findings[0]) == ("support", "orphan")


def test_a_repair_goes_through_release_and_back_to_the_customer():
    tale = launched()
    ticket(tale, "H-1", 1)
    bug(tale, "B-1", 1.2, 3)
    tale.link("H-1", "B-1", "relates", phrase="relates to")
    settings = product(**HANDOFF)
    assert flow(tale, 4, settings=settings).handoffs[0].owner == "release management"
    tale.change("B-1", at(5), "labels", "deployed")
    (waiting,) = flow(tale, 6, settings=settings).handoffs
    assert (waiting.owner, waiting.step) == ("support", "told")
    tale.status("H-1", at(7), "done")
    assert flow(tale, 8, settings=settings).handoffs == ()


def test_a_returned_item_lies_with_support_and_two_returns_are_a_bounce():
    tale = launched()
    ticket(tale, "H-1", 1)
    bug(tale, "B-1", 1.2)
    tale.link("H-1", "B-1", "relates", phrase="relates to")
    for begin, end in ((2, 3), (4, None)):
        tale.change("B-1", at(begin), "labels", "needs-info")
        if end:
            tale.change("B-1", at(end), "labels", None, out="needs-info")
    (found,) = flow(tale, 5, settings=product(**HANDOFF)).handoffs
    assert found.owner == "support"
    assert "bounced" in found.findings


def test_tickets_and_items_in_two_trackers_find_each_other_by_their_addresses():
    tale = launched()
    ticket(tale, "H-1", 1)
    link = RemoteLink(url="https://jira.example/browse/H-1")
    tale.item("7", at(1.5), "gitlab", project="acme/web", type="Bug", severity="major", remote_links=(link,))
    found = flow(tale, 3, settings=product(**HANDOFF))
    assert (found.reports, found.defects) == (1, 1)
    assert found.handoffs[0].defect == "7"
    (packet,) = found.packets
    assert (packet.source, packet.reports, packet.versions, packet.customers) == ("gitlab", 1, ("2.0",), None)
    assert packet.first_seen == at(1)


def test_a_link_to_an_item_that_is_gone_is_a_ghost():
    tale = launched()
    bug(tale, "SHOP-1", 1)
    ticket(tale, "H-1", 1, remote_links=(RemoteLink(url="https://jira.example/browse/SHOP-99"),))
    (found,) = flow(tale, 3, settings=product(**HANDOFF)).handoffs
    assert "ghost" in found.findings


def test_a_packet_holds_no_name_and_no_words_of_a_person():
    tale = launched()
    ticket(tale, "H-1", 1, title="Frau Schulz aus Kiel weint", author="u1", restricted=True)
    bug(tale, "B-1", 1.2)
    tale.link("H-1", "B-1", "relates", phrase="relates to")
    (packet,) = flow(tale, 3, settings=product(**HANDOFF)).packets
    said = packet.model_dump_json()
    assert "Schulz" not in said
    assert "Uma" not in said
    assert "u1" not in said


def test_a_support_project_without_links_says_that_its_feedback_leads_nowhere():
    tale = launched()
    for n in range(6):
        ticket(tale, f"H-{n}", n)
    found = flow(tale, 20, settings=product(**HANDOFF))
    assert found.unlinked_feedback.value == 1
    assert {one.owner for one in found.handoffs} == {"support"}
    assert found.defects == 0


# --- what may be wrong with the data


def test_no_launch_date_counts_nothing_and_says_what_to_configure():
    tale = launched(released=None)
    bug(tale, "B-1", 1)
    found = flow(tale)
    assert found.reports is None
    assert found.reasons == ("not launched yet",)
    named = product(launch={"dates": {"2.0": L.isoformat()}})
    assert flow(tale, settings=named).reports == 1
    assert flow(tale, settings=named).launch.evidence == "configuration"


def test_a_launch_in_the_future_counts_nothing():
    tale = launched(released=None)
    bug(tale, "B-1", 1)
    found = flow(tale, settings=product(launch={"dates": {"2.0": "2027-01-01"}}))
    assert found.launched_at is None
    assert "lies ahead" in found.reasons[0]


def test_a_day_of_release_begins_in_the_zone_of_the_product():
    found = flow(launched(released=datetime(2026, 9, 1, tzinfo=UTC)))
    assert found.launched_at == datetime(2026, 8, 31, 22, tzinfo=UTC)
    assert not found.launch.precise


def test_no_severity_anywhere_is_a_class_of_its_own_and_no_promise():
    tale = launched()
    bug(tale, "B-1", 1, severity=None)
    found = flow(tale)
    assert found.severity_from == "none"
    assert [row.severity for row in found.ageing] == [None]
    assert found.sla_attainment.value is None
    assert found.grave == ()


def test_a_priority_stands_in_where_a_tracker_keeps_no_severity():
    tale = launched()
    bug(tale, "B-1", 1, severity=None, priority="Blocker")
    found = flow(tale)
    assert found.severity_from == "priority"
    assert found.grave == ("B-1",)


def test_duplicates_in_a_ring_are_one_defect():
    tale = launched()
    for n in range(3):
        bug(tale, f"B-{n}", n + 1)
    for n in range(3):
        tale.link(f"B-{n}", f"B-{(n + 1) % 3}", "duplicates", phrase="duplicates")
    found = flow(tale)
    assert (found.reports, found.defects, found.backlog) == (3, 1, 1)
    assert balanced(found)


def test_a_bug_closed_before_it_was_created_is_listed_and_left_out():
    tale = launched()
    bug(tale, "B-1", 5, closed_at=at(2))
    bug(tale, "B-2", 5)
    found = flow(tale)
    assert found.left_out == {"closed before it was created": ("B-1",)}
    assert found.defects == 1


def test_a_bug_re_opened_after_years_is_listed_and_breaks_no_figure():
    tale = launched()
    bug(tale, "OLD", -1000, -990, affects=())
    tale.status("OLD", at(3), "todo")
    bug(tale, "B-1", 1, 2)
    tale.status("B-1", at(800), "todo")
    found = flow(tale, 830)
    assert found.returned == ("OLD",)
    assert (found.defects, found.backlog, found.reopened) == (1, 1, 1)
    assert found.reopen_rate.value == 0


def test_ten_thousand_bugs_imported_on_one_day_are_no_arrivals():
    tale = launched()
    rows = [bug(tale, f"I-{n:05}", 3 + n / 864_000, author="importer") for n in range(10_000)]
    bug(tale, "B-1", 4, author="u2")
    found = flow(tale)
    assert len(rows) == 10_000
    assert found.defects == 1
    assert found.alerts == ()
    assert sum(len(keys) for keys in found.left_out.values()) == 10_000


def test_two_releases_in_one_time_are_kept_apart_by_what_bugs_say():
    tale = launched()
    tale.milestone("version:3", "3.0", start=date(2026, 8, 1), due=date(2026, 9, 10), released=at(10))
    bug(tale, "B-1", 12)
    bug(tale, "B-2", 12, affects=("version:3",))
    bug(tale, "B-3", 12, affects=("version:2", "version:3"))
    assert flow(tale).reports == 1
    assert flow(tale, key="3.0").reports == 2


def test_reports_that_belong_by_date_alone_forbid_a_growth_model_when_releases_overlap():
    tale = launched()
    tale.milestone("version:3", "3.0", start=date(2026, 8, 1), due=date(2026, 9, 10), released=at(30))
    for n in range(40):
        bug(tale, f"B-{n:02}", 0.2 + 25 * (n / 40) ** 2, 31, affects=(), labels=("found-in-production",))
    assert flow(tale).reliability.rule == "releases"
    assert flow(tale, 29).reliability.rule != "releases"


def test_a_tracker_in_another_zone_changes_nothing():
    def told(zone: ZoneInfo) -> Bugs:
        tale = launched(released=L.astimezone(zone))
        for n in range(12):
            tale.item(f"B-{n:02}", at(n).astimezone(zone), type="Bug", affects=("version:2",), severity="major")
            tale.status(f"B-{n:02}", at(n + 2).astimezone(zone), "done")
        return flow(tale)

    assert told(ZoneInfo("Asia/Kolkata")) == told(ZoneInfo("America/St_Johns"))


def test_a_phased_launch_counts_exposure_instead_of_days():
    tale = launched()
    for n in range(40):
        bug(tale, f"B-{n:02}", 20 + 20 * (n / 40) ** 2, 45)
    steps = {"2.0": [{"at": "2026-09-01", "share": 0.01}, {"at": "2026-09-21", "share": 1}]}
    plain, phased = flow(tale, 50), flow(tale, 50, settings=product(launch={"steps": steps}))
    assert phased.launch.full_at is not None
    assert phased.reliability.trend < plain.reliability.trend


def test_a_product_without_bugs_is_at_rest():
    found = flow(launched(), 40)
    assert (found.reports, found.defects, found.backlog) == (0, 0, 0)
    assert found.reliability.rule == "events"
    assert found.alerts == ()
    assert found.stabilised_on is not None
