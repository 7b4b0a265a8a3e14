from __future__ import annotations

from datetime import date

import pytest

from pmbridge.errors import ConfigError
from pmbridge.evidence.decisions import load_decisions, parse_decisions

WHOLE = """
candidates:
  - {milestone: "2.1", build: rc3, commit: abc, at: 2026-11-23T10:00:00+01:00, includes: [rc2]}
waivers:
  - milestone: "2.1"
    rule: requirements-verified
    scope: [SHOP-12]
    reason: the pilot group does not need it
    risk: low
    control: the shop can be switched off
    author: d.keller
    approver: m.okafor
    approved_at: 2026-11-23T10:00:00Z
    expires: 2026-12-01
    follow_up: SHOP-99
signoffs:
  - {milestone: "2.1", rule: uat-signed-off, by: m.okafor, at: 2026-11-23T11:00:00Z, build: rc3}
rulings:
  - {milestone: "2.1", decision: go, by: m.okafor, at: 2026-11-23T12:00:00Z}
"""


def test_a_whole_file_is_read():
    found = parse_decisions(WHOLE, "d.yaml")
    assert found.candidates[0].names == {"rc3", "abc", "rc2"}
    assert (found.waivers[0].expires, found.waivers[0].scope) == (date(2026, 12, 1), ("SHOP-12",))
    assert (found.signoffs[0].build, found.rulings[0].decision) == ("rc3", "go")


def test_a_waiver_without_expiry_is_read_and_left_to_the_gate():
    text = "waivers: [{milestone: m, rule: pass-rate, reason: r, author: a, approver: b}]"
    assert parse_decisions(text, "d.yaml").waivers[0].expires is None


def test_an_empty_file_decides_nothing():
    assert parse_decisions("# later", "d.yaml").waivers == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "no YAML in line 1"),
        ("- a", "must hold sections"),
        ("waiver: []", "waiver is no section"),
        ("waivers: {a: b}", "must be a list"),
        ("waivers: [a]", "waivers, entry 1: must be keys and values"),
        ("waivers: [{milestone: m, rule: nonsense, reason: r, author: a, approver: b}]", "entry 1, rule"),
        ("waivers: [{milestone: m, rule: pass-rate, author: a, approver: b}]", "entry 1, reason: is missing: add it"),
        ("signoffs: [{milestone: m, rule: runbook, by: a, at: 2026-11-23T10:00:00}]", "needs a time zone"),
        ("rulings: [{milestone: m, decision: go, by: a, at: 2026-11-23T10:00:00Z, why: x}]", "why: is not known here"),
        ("a: !!python/object/apply:os.system [ls]", "no YAML"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_place(text, says):
    with pytest.raises(ConfigError, match=r"d\.yaml") as caught:
        parse_decisions(text, "d.yaml")
    assert says in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml cannot be read"):
        load_decisions(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_decisions(tmp_path / "odd.yaml")
    (tmp_path / "big.yaml").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load_decisions(tmp_path / "big.yaml")
