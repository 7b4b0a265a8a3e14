"""A corpus of JUnit dialects, written by hand from what the tools document about their reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from pmbridge.evidence.junit import Run

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: What each outcome is called in the model.
EXPECTED = {"pass": "pass", "fail": "fail", "error": "fail", "skip": "skipped", "flaky": "pass", "rerun": "fail"}
OUTCOMES = (
    (("SHOP-1 pays", "pass"),),
    (("SHOP-1 pays", "fail"), ("SHOP-2 refunds <all>", "pass")),
    (("#45 logs in", "error"), ("@req-7 logs out", "skip"), ("plain & simple", "pass")),
    (("Größe prüfen", "flaky"), ("wobbly", "rerun"), ("steady", "pass")),
    (),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "iso-8859-1")
Cases = tuple[tuple[str, str], ...]


def marks(outcome: str, *, cdata: bool = False) -> str:
    """Write the children of a case."""
    trace = "<![CDATA[at line 3 <here>]]>" if cdata else escape("at line 3 <here>")
    return {
        "pass": "",
        "fail": f'<failure message="expected 3" type="AssertionError">{trace}</failure>',
        "error": f'<error message="boom" type="IOError">{trace}</error>',
        "skip": '<skipped message="later"/>',
        "flaky": f'<flakyFailure message="once" type="E"><stackTrace>{trace}</stackTrace></flakyFailure>',
        "rerun": f'<failure message="x"/><rerunFailure message="again" type="E">{trace}</rerunFailure>',
    }[outcome]


def case(name: str, outcome: str, *, attributes: str = 'classname="shop.Checkout"', cdata: bool = False) -> str:
    return f"<testcase name={quoteattr(name)} {attributes} time='0.1'>{marks(outcome, cdata=cdata)}</testcase>"


def several(cases: Cases, **more: Any) -> str:
    return "".join(case(name, outcome, **more) for name, outcome in cases)


def suite(inner: str, attributes: str = 'name="acceptance"') -> str:
    return f"<testsuite {attributes}>{inner}</testsuite>"


def wrapped(inner: str, attributes: str = "") -> str:
    return f"<testsuites {attributes}>{inner}</testsuites>"


def surefire(cases: Cases) -> str:
    schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    head = f'{schema} version="3.0" name="shop.CheckoutTest" tests="{len(cases)}"'
    return suite(f'<properties><property name="java.version" value="21"/></properties>{several(cases)}', head)


def of_pytest(cases: Cases) -> str:
    inner = suite(several(cases), 'name="pytest" timestamp="2026-11-20T09:00:00.123456+01:00" hostname="ci"')
    return f'<testsuites name="pytest tests">{inner}</testsuites>'


def jest(cases: Cases) -> str:
    inner = suite(
        several(cases, attributes='classname="Checkout pays"'), 'name="Checkout" timestamp="2026-11-20T09:00:00"'
    )
    return f'<testsuites name="jest tests" tests="{len(cases)}" failures="0" errors="0" time="1">{inner}</testsuites>'


def nested(cases: Cases) -> str:
    return wrapped(suite(suite(suite(several(cases), 'name="c"'), 'name="b"'), 'name="a"'))


def split(cases: Cases) -> str:
    return f"<testsuites>{''.join(suite(case(*one), f'name={quoteattr(one[0])}') for one in cases)}</testsuites>"


def nameless_suites(cases: Cases) -> str:
    return f"<testsuites>{suite(several(cases), '')}</testsuites>"


def gradle(cases: Cases) -> str:
    more = "<system-out><![CDATA[<b>noise</b>]]></system-out><system-err><![CDATA[]]></system-err>"
    return suite(several(cases, cdata=True) + more, 'name="shop.CheckoutTest" timestamp="2026-11-20T08:00:00"')


def phpunit(cases: Cases) -> str:
    inner = suite(
        several(cases, attributes='class="CheckoutTest" classname="CheckoutTest" file="/t.php" line="3" assertions="1"')
    )
    return wrapped(suite(suite(inner, 'name="Unit"'), 'name="phpunit.xml"'))


def gtest(cases: Cases) -> str:
    rows = []
    for name, outcome in cases:
        state = 'status="notrun" result="suppressed"' if outcome == "skip" else 'status="run" result="completed"'
        body = "" if outcome == "skip" else marks(outcome)
        rows.append(f"<testcase name={quoteattr(name)} {state} classname='Checkout'>{body}</testcase>")
    return (
        f'<testsuites tests="1" name="AllTests" timestamp="2026-11-20T08:00:00.000">{suite("".join(rows))}</testsuites>'
    )


def words_only(cases: Cases) -> str:
    words = {
        "pass": "passed",
        "fail": "failed",
        "error": "broken",
        "skip": "pending",
        "flaky": "passed",
        "rerun": "failed",
    }
    rows = (f"<testcase name={quoteattr(n)} status='{words[o]}'/>" for n, o in cases)
    return suite("".join(rows))


def file_only(cases: Cases) -> str:
    return suite(
        several(cases, attributes='file="spec/checkout_spec.rb"'), 'name="rspec" timestamp="2026-11-20T08:00:00Z"'
    )


def bare(cases: Cases) -> str:
    return suite(several(cases, attributes=""))


def case_properties(cases: Cases) -> str:
    rows = []
    for name, outcome in cases:
        inner = '<properties><property name="requirement" value="SHOP-9, SHOP-8"/></properties>' + marks(outcome)
        rows.append(f"<testcase name={quoteattr(name)} classname='c'>{inner}</testcase>")
    return f"<testsuites>{suite(''.join(rows))}</testsuites>"


def with_doctype(cases: Cases) -> str:
    return f"<!DOCTYPE testsuites>\n<!-- by hand -->\n<testsuites>{suite(several(cases))}</testsuites>"


def namespaced(cases: Cases) -> str:
    body = several(cases).replace("<testcase", "<j:testcase").replace("</testcase", "</j:testcase")
    return f'<j:testsuites xmlns:j="urn:junit"><j:testsuite name="acceptance">{body}</j:testsuite></j:testsuites>'


def epoch_stamps(cases: Cases) -> str:
    return suite(several(cases), 'name="bats" timestamp="1795161600"')


def cucumber(cases: Cases) -> str:
    rows = several(cases, attributes='classname="Feature: Checkout"')
    return suite(
        rows + "<system-out>Given a basket ... passed</system-out>", 'name="Cucumber" failures="1" skipped="0"'
    )


def wrong_counts(cases: Cases) -> str:
    return suite(several(cases), 'name="acceptance" tests="many" failures="-1" time="NaN"')


def mocha(cases: Cases) -> str:
    inner = suite("", 'name="Root Suite" timestamp="2026-11-20T08:00:00" tests="0"') + suite(
        several(cases), 'name="Pays"'
    )
    return f'<testsuites name="Mocha Tests">{inner}</testsuites>'


def playwright(cases: Cases) -> str:
    rows = several(cases, attributes='classname="checkout.spec.ts"')
    return wrapped(suite(rows, 'name="checkout.spec.ts" hostname="chromium"'), 'id="" name="" tests="1"')


def go_junit(cases: Cases) -> str:
    inner = suite(several(cases), 'name="shop/checkout" timestamp="2026-11-20T08:00:00+01:00"')
    return f"<testsuites>{inner.replace('<testcase', chr(9) + '<testcase')}</testsuites>"


def ctest(cases: Cases) -> str:
    rows = []
    for name, outcome in cases:
        word = {"fail": "fail", "error": "fail", "rerun": "fail", "skip": "notrun"}.get(outcome, "run")
        rows.append(
            f"<testcase name={quoteattr(name)} classname={quoteattr(name)} status='{word}'>{marks(outcome)}</testcase>"
        )
    return suite("".join(rows), 'name="(empty)" timestamp="2026-11-20T08:00:00"')


DIALECTS: tuple[Callable[[Cases], str], ...] = (
    surefire, of_pytest, jest, nested, split, nameless_suites, gradle, phpunit, gtest, words_only, file_only, bare,
    case_properties, with_doctype, namespaced, epoch_stamps, cucumber, wrong_counts, mocha, playwright, go_junit, ctest,
)  # fmt: skip


def corpus() -> Iterator[Any]:
    """Yield every dialect with every set of outcomes in every encoding: a name, the bytes, what they mean."""
    for dialect in DIALECTS:
        for number, cases in enumerate(OUTCOMES):
            for encoding in ENCODINGS:
                head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
                body = (head + dialect(cases)).encode(encoding)
                named = f"{dialect.__name__}-{number}-{encoding}"
                yield pytest.param(body, sorted((n, EXPECTED[o]) for n, o in cases), id=named)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if {"body", "meant"} <= set(metafunc.fixturenames):
        metafunc.parametrize(("body", "meant"), list(corpus()))


@pytest.fixture
def report() -> Any:
    """Return what a report is made of."""
    return SimpleNamespace(now=NOW, run=Run(NOW), case=case, suite=suite)
