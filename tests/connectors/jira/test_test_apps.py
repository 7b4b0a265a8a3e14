"""The apps that manage tests, each against its double: what all of them must do, and what each does its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pmbridge.connector import AcceptanceSource, Evidence, Proving
from pmbridge.sandbox import Clock
from pmbridge.sandbox.server import TrackerServer
from pmbridge.sandbox.testapps import xray_cloud, xray_server, zephyr
from pmbridge.sandbox.testapps.state import CLIENT_ID, CLIENT_SECRET, TOKEN, AppSite
from pmbridge_jira import JiraConnector
from pmbridge_jira.app_results import moment, status_of
from pmbridge_jira.settings import JiraSettings

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@dataclass(frozen=True)
class App:
    """One app under test: its double, how a source of it is made, and how it names its tests."""

    server: TrackerServer[AppSite]
    make: Callable[..., AcceptanceSource]
    prefix: str

    @property
    def site(self) -> AppSite:
        return self.server.site

    def read(self, since: datetime | None = None, **credentials: Any) -> Evidence:
        found = list(self.make(**credentials).fetch_evidence("SHOP", since=since))
        return Evidence(
            tests=tuple({t.id: t for one in found for t in one.tests}.values()),
            executions=tuple(run for one in found for run in one.executions),
            notes=tuple(note for one in found for note in one.notes),
        )

    def id(self, number: int) -> str:
        return self.prefix.format(number)


DIALECTS = {
    "xray-cloud": (xray_cloud.DIALECT, "1000{}"),
    "xray": (xray_server.DIALECT, "1000{}"),
    "zephyr-scale-cloud": (zephyr.CLOUD, "zephyr:SHOP-T{}"),
    "zephyr-scale": (zephyr.SERVER, "zephyr:SHOP-T{}"),
}


def settings(kind: str, url: str, token: str, secret: str) -> JiraSettings:
    app = {
        "xray-cloud": {"url": url, "client_id": CLIENT_ID, "client_secret": secret},
        "zephyr-scale-cloud": {"url": f"{url}/v2", "token": token},
    }.get(kind, {})
    said = {"url": url, "auth": {"token": token}, "projects": ["SHOP"], "tests": {"app": kind, **app}}
    return JiraSettings.model_validate(said)


@pytest.fixture(params=sorted(DIALECTS))
def app(request: pytest.FixtureRequest) -> Iterator[App]:
    yield from started(request.param)


def started(kind: str) -> Iterator[App]:
    dialect, prefix = DIALECTS[kind]
    server = TrackerServer(AppSite(Clock(day(0))), dialect)
    server.start()
    connectors = []

    def make(token: str = TOKEN, secret: str = CLIENT_SECRET) -> AcceptanceSource:
        connector = JiraConnector("jira-main", settings(kind, server.url, token, secret), owner="acme")
        connectors.append(connector)
        assert isinstance(connector, Proving)
        (source,) = connector.acceptance_sources()
        return source

    key = "SHOP-T{}" if kind.startswith("zephyr") else "SHOP-{}"
    for number in (1, 2):
        server.site.add_test(f"1000{number}", key.format(number), f"Test {number}", covers=("500",))
    yield App(server, make, prefix)
    for connector in connectors:
        connector.close()
    server.stop()


def test_an_app_stands_behind_the_one_protocol(app: App) -> None:
    assert isinstance(app.make(), AcceptanceSource)


def test_runs_come_with_status_instant_environment_and_person(app: App) -> None:
    app.site.add_run("10001", "PASS", day(3), environment="staging", by="tess")
    app.site.add_run("10002", "FAIL", day(4), by="tess")
    found = app.read()
    told = [(run.test, run.status.value, run.at, run.environment, run.executor) for run in found.executions]
    assert told == [
        (app.id(1), "pass", day(3), "staging", "tess"),
        (app.id(2), "fail", day(4), None, "tess"),
    ]
    assert {app.id(1), app.id(2)} == {test.id for test in found.tests}
    assert found.notes == ()


def test_a_run_that_has_not_happened_is_none(app: App) -> None:
    app.site.add_run("10001", "TODO", None)
    app.site.add_run("10002", "PASS", day(4))
    assert [run.test for run in app.read().executions] == [app.id(2)]


def test_a_status_that_nobody_knows_is_unknown_and_not_a_pass(app: App) -> None:
    app.site.add_run("10001", "PURPLE", day(3))
    assert [run.status.value for run in app.read().executions] == ["unknown"]


def test_every_page_is_read(app: App) -> None:
    for number in range(250):
        app.site.add_run("10001", "PASS", day(1) + timedelta(minutes=number))
    assert len(app.read().executions) == 250


def test_every_test_is_read(app: App) -> None:
    for number in range(3, 240):
        app.site.add_test(str(20000 + number), f"SHOP-T{number}", "x")
        app.site.add_run(str(20000 + number), "PASS", day(3))
    assert len(app.read().executions) == 237


def test_wrong_credentials_are_a_note_with_the_remedy_and_no_error(app: App) -> None:
    found = app.read(token="stolen", secret="stolen")
    assert found.tests == found.executions == ()
    assert len(found.notes) == 1
    assert "SHOP was not read to its end" in found.notes[0]
    assert "stolen" not in found.notes[0]


@pytest.mark.parametrize("status", [403, 404])
def test_a_right_that_is_missing_is_a_note(app: App, status: int) -> None:
    app.server.faults.fail_next(20, status=status)
    found = app.read()
    assert (found.executions, len(found.notes)) == ((), 1)


def test_half_an_answer_is_a_note_and_never_an_exception(app: App) -> None:
    app.site.add_run("10001", "PASS", day(3))
    app.server.faults.cut_next(50)
    assert app.read().notes


def test_only_what_is_new_is_asked_for(app: App) -> None:
    app.site.add_run("10001", "PASS", day(3), cycle="SHOP-900")
    app.site.add_run("10002", "PASS", day(9), cycle="SHOP-901")
    assert app.id(2) in {run.test for run in app.read(since=day(8)).executions}


def test_a_run_knows_the_plans_it_was_made_for(app: App) -> None:
    app.site.plans = {"SHOP-P1": ("SHOP-900",), "SHOP-P2": ("SHOP-900", "SHOP-901")}
    for cycle in ("SHOP-900", "SHOP-901", "SHOP-902"):
        app.site.add_run("10001", "PASS", day(3), cycle=cycle)
    told = [run.plans for run in app.read().executions]
    assert told == [("SHOP-P1", "SHOP-P2"), ("SHOP-P2",), ()]


def test_another_project_has_nothing_here(app: App) -> None:
    app.site.add_run("10001", "PASS", day(3))
    app.site.project = "OTHER"
    assert app.read().executions == ()


@pytest.fixture
def one(request: pytest.FixtureRequest) -> Iterator[App]:
    yield from started(request.param)


@pytest.mark.parametrize("one", ["xray-cloud", "zephyr-scale-cloud", "zephyr-scale"], indirect=True)
def test_these_apps_say_themselves_what_a_test_covers(one: App) -> None:
    one.site.add_run("10001", "PASS", day(3))
    assert {test.covers for test in one.read().tests} == {("500",)}


@pytest.mark.parametrize("one", ["xray-cloud", "xray", "zephyr-scale"], indirect=True)
def test_these_apps_tell_version_and_defects(one: App) -> None:
    one.site.add_run("10001", "FAIL", day(3), version="2.1", defects=("SHOP-77",))
    (run,) = one.read().executions
    assert (run.version, run.defects) == ("2.1", ("SHOP-77",))


@pytest.mark.parametrize("one", ["xray"], indirect=True)
def test_a_sites_own_status_means_what_the_site_says(one: App) -> None:
    one.site.statuses["GOOD ENOUGH"] = "OK"
    one.site.add_run("10001", "GOOD ENOUGH", day(3))
    assert [run.status.value for run in one.read().executions] == ["pass"]


@pytest.mark.parametrize("one", ["xray-cloud"], indirect=True)
def test_xray_cloud_is_asked_for_a_token_once_and_for_a_hundred_tests_at_a_time(one: App) -> None:
    one.read()
    assert [request.path for request in one.server.requests] == ["/api/v2/authenticate", "/api/v2/graphql"]


@pytest.mark.parametrize(("kind", "wanted"), [("xray-cloud", "client_id"), ("zephyr-scale-cloud", "token")])
def test_credentials_that_are_missing_are_refused_in_the_configuration(kind: str, wanted: str) -> None:
    with pytest.raises(ValidationError, match=wanted):
        JiraSettings.model_validate(
            {"url": "https://j.example", "auth": {"token": "t"}, "projects": ["S"], "tests": {"app": kind}}
        )


def test_without_an_app_there_is_no_place_to_read() -> None:
    said = {"url": "https://j.example", "auth": {"token": "t"}, "projects": ["S"]}
    assert JiraConnector("j", JiraSettings.model_validate(said), owner="o").acceptance_sources() == ()


def test_secrets_do_not_show() -> None:
    assert CLIENT_SECRET not in repr(settings("xray-cloud", "http://127.0.0.1:1", TOKEN, CLIENT_SECRET))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pass", "pass"),
        ("Not Executed", "todo"),
        ("In Progress", "executing"),
        ("Blocked", "blocked"),
        ("?", "unknown"),
    ],
)
def test_the_words_of_the_apps_are_known(word: str, status: str) -> None:
    assert status_of(word) == status


def test_a_status_of_its_own_that_is_not_final_still_goes_on() -> None:
    assert status_of("half way", final=False) == "executing"


def test_instants_are_read_in_every_form() -> None:
    forms = ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00", 1772438400, 1772438400000)
    assert {moment(form) for form in forms} == {START}
    assert moment("soon") is None
    assert moment(None) is None
