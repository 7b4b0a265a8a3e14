from __future__ import annotations

import io
from contextlib import suppress
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.errors import UsageError
from pmbridge.evidence import xml_events
from pmbridge.evidence.junit import Run, read_file, read_stream, together

AT = Run(datetime(2026, 11, 24, 12, tzinfo=UTC))


def read(text, run=AT):
    return read_stream(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "r.xml", run)


def only(text, run=AT):
    (execution,) = read(text, run).executions
    return execution


def test_every_dialect_is_understood(body, meant):
    found = read(body)
    titles = {test.id: test.key for test in found.tests}
    assert sorted((titles[row.test], row.status.value) for row in found.executions) == meant


def test_a_pass_that_took_a_second_try_says_so(report):
    assert only(report.suite(report.case("a", "flaky"))).retried
    assert not only(report.suite(report.case("a", "rerun"))).retried
    assert not only(report.suite(report.case("a", "pass"))).retried


def test_the_suites_instant_is_taken_with_its_zone_and_else_the_runs(report):
    case = report.case("a", "pass")
    assert only(report.suite(case, 'timestamp="2026-11-20T09:00:00+01:00"')).at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert only(report.suite(case, 'timestamp="2026-11-20T09:00:00"')).at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert only(report.suite(case, 'timestamp="soon"')).at == AT.at


def test_build_and_environment_come_from_properties_and_else_from_the_run(report):
    run = Run(AT.at, build="rc1", commit="abc", environment="staging", version="2.1")
    plain = only(report.suite(report.case("a", "pass")), run)
    assert (plain.build, plain.commit, plain.environment, plain.version) == ("rc1", "abc", "staging", "2.1")
    told = '<properties><property name="Build" value="rc2"/><property name="environment" value="live"/></properties>'
    said = only(report.suite(told + report.case("a", "pass")), run)
    assert (said.build, said.environment) == ("rc2", "live")


def test_requirements_of_a_case_come_from_its_properties():
    text = (
        '<testsuite><testcase name="a"><properties><property name="requirements" value="SHOP-1; SHOP-2"/>'
        "</properties></testcase></testsuite>"
    )
    assert read(text).tests[0].covers == ("SHOP-1", "SHOP-2")


def test_an_error_outside_of_any_case_fails_its_suite(report):
    suite = report.suite('<error message="no database"/>', 'name="SHOP-1" tests="4"')
    found = read(f"<testsuites>{suite}</testsuites>")
    assert [
        (test.key, row.status.value, row.note) for test, row in zip(found.tests, found.executions, strict=True)
    ] == [("SHOP-1 (outside its cases)", "fail", "no database")]
    assert "announces 4 tests and holds 0" in found.notes[0]


def test_cases_without_a_name_are_told_apart(report):
    found = read("<testsuite><testcase/><testcase><failure/></testcase><testcase classname='C'/></testsuite>")
    assert [(test.key, row.status.value) for test, row in zip(found.tests, found.executions, strict=True)] == [
        ("case 1 without a name", "pass"),
        ("case 2 without a name", "fail"),
        ("C", "pass"),
    ]


def test_a_word_that_nobody_knows_is_no_pass():
    assert only('<testsuite><testcase name="a" status="purple"/></testsuite>').status == "unknown"


def test_of_two_results_in_one_report_the_worse_counts_and_it_is_noted(report):
    for first, second in (("pass", "fail"), ("fail", "pass")):
        found = read(report.suite(report.case("a", first) + report.case("a", second)))
        assert [row.status.value for row in found.executions] == ["fail"]
        assert "twice with different results" in found.notes[0]


def test_several_reports_become_one(report):
    a, b = read(report.suite(report.case("a", "pass"))), read(report.suite(report.case("a", "fail")))
    for order in ((a, b), (b, a)):
        whole = together(order)
        assert len(whole.tests) == 1
        assert [row.status.value for row in whole.executions] == ["fail"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<testsuite><testcase name="&b;"/></testsuite>'
)
OTHER_FILE = (
    '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="a">&x;</testcase></testsuite>'
)
PARAMETER = '<!DOCTYPE t [<!ENTITY % x SYSTEM "http://h/x.dtd"> %x;]><testsuite/>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "declares entities"),
        (OTHER_FILE, "declares entities"),
        (PARAMETER, "declares entities"),
        ("<testsuite>" * 100, "nested deeper than 64 levels"),
        ("<testsuite><testcase name='a'>", "no well-formed XML"),
        ("", "no well-formed XML"),
        ("{}", "no well-formed XML"),
        ("<testsuite/><testsuite/>", "no well-formed XML"),
        ("<TestRun/>", "it begins with <TestRun>"),
        ("<html><body/></html>", "no JUnit report"),
        (b'<?xml version="1.0" encoding="klingon"?><testsuite/>', "r.xml"),
        (b"<testsuite><testcase name='\xff\xfe'/></testsuite>", "no well-formed XML"),
        ("<testsuite><testcase name='&undefined;'/></testsuite>", "no well-formed XML"),
    ],
)
def test_a_malformed_or_hostile_report_is_refused_with_the_reason(text, says):
    with pytest.raises(UsageError, match=r"r\.xml") as caught:
        read(text)
    assert says in str(caught.value)


def test_a_file_of_two_hundred_megabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.xml"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(UsageError, match=r"huge\.xml has 200 MiB; reports up to 64 MiB are read"):
        read_file(path, AT)


def test_a_stream_that_does_not_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(xml_events, "MAX_BYTES", 2**20)
    text = "<testsuite>" + "<testcase name='a'/>" * 200_000
    with pytest.raises(UsageError, match="larger than it may be"):
        read(text)


def test_a_long_output_is_not_kept(report):
    found = only(report.suite(f"<testcase name='a'><failure>{'x' * 5_000_000}</failure></testcase>"))
    assert len(found.note) == 300


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.xml cannot be read"):
        read_file(tmp_path / "none.xml", AT)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_the_answer_is_a_report_or_a_clear_error(data):
    with suppress(UsageError):
        assert read(b"<testsuite>" + data).tests is not None


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=600
    )
)
def test_any_name_gives_one_test_whose_id_is_bounded(name):
    (test,) = read(f"<testsuite><testcase name={quoteattr(name)}/></testsuite>").tests
    assert len(test.id) <= 300
