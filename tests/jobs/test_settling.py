"""A pass leaves a product alone while nothing that it rests on has changed, and only then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pmbridge.config import ProductSettings, Settings
from pmbridge.config.acceptance import AcceptanceSettings
from pmbridge.connector import Page
from pmbridge.jobs import settling
from pmbridge.jobs.installation import Installation, open_installation
from pmbridge.jobs.run import run_pass
from pmbridge.jobs.schedule import read_and_assess
from pmbridge.jobs.settling import Settled, holds_until, settle, shown
from pmbridge.jobs.stopping import Stopping
from pmbridge.model import Freeze
from pmbridge.store.assessments import last_made
from pmbridge.store.certificates import write_certificate
from pmbridge.store.freezes import save_freeze
from pmbridge.store.ingest import write_page
from pmbridge.store.watermarks import Watermark, write_watermark
from tests.jobs.memory_worker import NOW, MemoryTracker, an_installation, an_item, load_memory

COUNTED = ("items_tracker", "items_stored", "changes_stored", "tombstones")
PROOF = json.dumps({"status": "complete", **dict.fromkeys(COUNTED, 1)})


@pytest.fixture
def settings(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    from pmbridge.jobs import installation as module

    monkeypatch.setattr(module, "load", load_memory)
    made = an_installation(store_url, tmp_path, ["A", "B"], seconds=0.0)
    products = {"shop": ["A"], "pay": ["B"]}
    return made.model_copy(
        update={
            "products": {
                name: ProductSettings(title=name, zone="Europe/Berlin", projects={"memory": own})
                for name, own in products.items()
            }
        }
    )


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    with open_installation(settings) as opened:
        yield opened


@dataclass
class Clock:
    """The tracker's clock."""

    now: datetime = NOW

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(MemoryTracker, "now", lambda _: told.now)
    return told


@pytest.fixture
def passes(installation: Installation, clock: Clock) -> Callable[..., list[int]]:
    """Make a whole pass, and return how many products it assessed and how many it left alone."""

    def run(**options: Any) -> list[int]:
        done = run_pass(installation, run_id="r", now=lambda: datetime.now(UTC), **options)
        return [done.figures["assessed"], done.figures["unchanged"]]

    return run


def test_a_pass_in_which_nothing_changed_assesses_nothing(passes: Any, clock: Clock) -> None:
    assert passes() == [2, 0]
    for _ in range(3):
        clock.later(minutes=15)
        assert passes() == [0, 2]
    assert passes(again=True) == [2, 0]
    assert passes() == [0, 2]


def test_a_day_that_has_passed_in_the_product_s_zone_is_a_change(passes: Any, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert passes() == [2, 0]
    clock.later(minutes=20)
    assert passes() == [0, 2]
    clock.later(minutes=20)
    assert passes() == [2, 0]


def test_only_the_product_of_the_project_that_changed_is_assessed(
    passes: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert passes() == [2, 0]
    whole = an_item("memory", "A", 0)
    other = whole.model_copy(update={"title": "Pay by invoice", "updated_at": NOW + timedelta(minutes=5)})
    monkeypatch.setattr("tests.jobs.memory_worker.an_item", lambda s, p, n: other if p == "A" else an_item(s, p, n))
    clock.later(minutes=15)
    assert passes() == [1, 1]
    assert passes() == [0, 2]


@pytest.fixture
def settled(installation: Installation) -> Callable[..., bool]:
    """Settle the shop; tell whether it had to be assessed."""

    def run(settings: Settings | None = None) -> bool:
        here = installation if settings is None else replace(installation, settings=settings)
        return settle(here, "shop").fresh is not None

    return run


@pytest.fixture
def read(installation: Installation) -> None:
    with installation.store.write() as conn:
        write_page(conn, "memory", Page(items=(an_item("memory", "A", 0),)), seen_at=NOW)
        write_watermark(conn, Watermark("memory", "A", NOW))


@pytest.mark.usefixtures("read")
def test_other_settings_are_a_change_and_other_places_to_tell_are_none(settled: Any, settings: Settings) -> None:
    def changed(**values: Any) -> Settings:
        shop = settings.products["shop"].model_copy(update=values)
        return settings.model_copy(update={"products": settings.products | {"shop": shop}})

    assert settled()
    assert not settled(changed(publish=({"slot": "milestone-health", "surface": "comment"},)))
    assert settled(changed(title="The shop"))
    assert settled()


@pytest.mark.usefixtures("read")
def test_a_new_baseline_is_a_change(settled: Any, installation: Installation) -> None:
    assert settled()
    with installation.store.write() as conn:
        agreed = Freeze(milestone="1.0", at=NOW, author="ada", reason="agreed", start=None, due=date(2026, 4, 1))
        save_freeze(conn, "pay", agreed)
    assert not settled()
    with installation.store.write() as conn:
        save_freeze(conn, "shop", agreed)
    assert settled()


@pytest.mark.usefixtures("read")
def test_an_edited_file_of_decisions_is_a_change(settled: Any, settings: Settings, tmp_path: Path) -> None:
    gate = AcceptanceSettings(waivers=Path("decisions.yaml"))
    shop = settings.products["shop"].model_copy(update={"acceptance": gate})
    gated = settings.model_copy(update={"products": settings.products | {"shop": shop}})
    (tmp_path / "decisions.yaml").write_text("waivers: []\n", encoding="utf-8")
    assert settled(gated)
    assert not settled(gated)
    (tmp_path / "decisions.yaml").write_text("rulings: []\n", encoding="utf-8")
    assert settled(gated)


@pytest.mark.usefixtures("read")
def test_another_program_is_a_change(settled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settled()
    monkeypatch.setattr(settling, "__version__", "99")
    assert settled()


@pytest.mark.usefixtures("read")
def test_a_clock_that_was_set_back_is_a_change(settled: Any, installation: Installation) -> None:
    assert settled()
    with installation.store.write() as conn:
        write_watermark(conn, Watermark("memory", "A", NOW - timedelta(hours=1)))
    assert settled()


@pytest.mark.usefixtures("read")
def test_a_source_that_falls_behind_the_rest_and_one_that_catches_up_are_changes(
    settled: Any, settings: Settings, installation: Installation
) -> None:
    both = settings.products["shop"].model_copy(update={"projects": {"memory": ("A",), "other": ("A",)}})
    here = settings.model_copy(update={"products": {**settings.products, "shop": both}})

    def read_at(source: str, at: datetime) -> None:
        with installation.store.write() as conn:
            write_watermark(conn, Watermark(source, "A", at))

    with installation.store.write() as conn:
        for quarter in range(4):
            at = NOW + timedelta(minutes=15 * quarter)
            write_certificate(conn, "other", "complete", at, at, PROOF)
    read_at("other", NOW)
    assert [settled(here), settled(here)] == [True, False]
    read_at("memory", NOW + timedelta(minutes=30))
    assert not settled(here)
    read_at("memory", NOW + timedelta(hours=2))
    assert [settled(here), settled(here)] == [True, False]
    read_at("other", NOW + timedelta(hours=2))
    assert [settled(here), settled(here)] == [True, False]


@pytest.mark.usefixtures("read")
def test_an_unchanged_product_gives_its_last_assessment_and_is_marked_as_shown(installation: Installation) -> None:
    first = settle(installation, "shop")
    kept = settle(installation, "shop")
    assert (first.fresh is None, kept.fresh) == (False, None)
    assert kept.read(installation) == first.fresh
    assert not kept.made.published
    shown(installation, kept)
    assert settle(installation, "shop") == Settled(replace(kept.made, published=True), None)
    with installation.store.read() as conn:
        assert last_made(conn, "shop") == replace(kept.made, published=True)


@pytest.mark.parametrize(
    ("ongoing", "backlog", "sla", "until"),
    [
        (None, None, {}, datetime(2026, 3, 2, 23, tzinfo=UTC)),
        (False, 3, {}, datetime(2026, 3, 2, 23, tzinfo=UTC)),
        (False, 0, {"high": "4bh"}, datetime(2026, 3, 2, 23, tzinfo=UTC)),
        (True, 0, {}, datetime(2026, 3, 2, 13, tzinfo=UTC)),
        (False, 3, {"high": "4bh"}, datetime(2026, 3, 2, 13, tzinfo=UTC)),
    ],
)
def test_an_assessment_holds_for_its_day_and_for_its_hour_where_hours_count(
    ongoing: bool | None, backlog: int | None, sla: dict[str, str], until: datetime
) -> None:
    care = None if ongoing is None else SimpleNamespace(ongoing=ongoing)
    milestone = SimpleNamespace(bugs=SimpleNamespace(hypercare=care, backlog=backlog))
    assessment: Any = SimpleNamespace(as_of=NOW + timedelta(minutes=20), milestones=[milestone])
    product: Any = SimpleNamespace(zone="Europe/Berlin", bugs=SimpleNamespace(sla=sla))
    assert holds_until(assessment, product) == until


def test_the_schedule_says_what_it_left_alone(installation: Installation, clock: Clock) -> None:
    told = []
    for _ in range(2):
        recording: Any = SimpleNamespace(facts={})
        read_and_assess(installation, Stopping(), recording)
        told.append((recording.facts["assessed"], recording.facts["unchanged"]))
        clock.later(minutes=15)
    assert told == [(2, 0), (0, 2)]
