"""People who work for two products of one store are counted with the work of both, and nobody twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from pmbridge.assess.elsewhere import NOWHERE, Commitment
from pmbridge.assessment import to_json
from pmbridge.config import ProductSettings, Settings
from pmbridge.connector import Page
from pmbridge.jobs import settling
from pmbridge.jobs.assess import assess_product
from pmbridge.jobs.elsewhere import elsewhere, horizon
from pmbridge.jobs.installation import Installation, open_installation
from pmbridge.jobs.settling import settle, sight
from pmbridge.model import Change, FieldName, Item, Milestone, MilestoneKind, Person, StatusCategory
from pmbridge.store.ingest import write_page, write_reference
from pmbridge.store.watermarks import Watermark, write_watermark
from tests.jobs.memory_worker import an_installation, load_memory

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADA = Person(source="memory", id="u1", name="Ada Lovelace", username="ada", email="ada@acme.example")
ADA_TOO = Person(source="second", id="7", name="A. Lovelace", username="lovelace", email="ada@acme.example")
BOB = Person(source="memory", id="u2", name="Bob", username="bob")
DUE = (NOW + 11 * DAY).date()


def product(title: str, teams: dict[str, Any] | None = None, **projects: list[str]) -> ProductSettings:
    return ProductSettings.model_validate({"title": title, "projects": projects, "teams": teams or {}})


WEB = {"web": {"people": ["ada"], "capacity_hours": 160}}
PRODUCTS = {
    "shop": product("Shop", WEB, memory=["SHOP", "BOTH"]),
    "portal": product("Customer portal", memory=["PORTAL", "BOTH"], second=["web"]),
    "pay": product("Pay", {"app": {"people": ["bob"]}}, memory=["PAY", "PORTAL"]),
}


@pytest.fixture
def installation(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    from pmbridge.jobs import installation as module

    monkeypatch.setattr(module, "load", load_memory)
    made = an_installation(store_url, tmp_path, ["SHOP"])
    sources = made.sources | {"second": made.sources["memory"]}
    with open_installation(made.model_copy(update={"products": PRODUCTS, "sources": sources})) as opened:
        yield opened


def work(project: str, number: int, hours: int = 10, source: str = "memory", **values: Any) -> Item:
    given: dict[str, Any] = {
        "source": source,
        "id": f"{project}-{number}",
        "key": f"{project}-{number}",
        "project": project,
        "url": f"https://tracker.example/{project}-{number}",
        "title": f"Secret plan {project} {number}",
        "type": "Story",
        "status": "3",
        "status_name": "In Progress",
        "category": StatusCategory.ACTIVE,
        "created_at": NOW - 9 * DAY,
        "updated_at": NOW - DAY,
        "assignees": ("u1",) if source == "memory" else ("7",),
        "estimate_seconds": hours * 3600,
        "due": DUE,
    }
    return Item(**given | values)


@pytest.fixture
def put(installation: Installation) -> Callable[..., None]:
    """Store a page of a source, and that all its projects were read up to an instant."""

    def write(*items: Item, source: str = "memory", changes: Any = (), until: datetime = NOW) -> None:
        people = (ADA, BOB) if source == "memory" else (ADA_TOO,)
        with installation.store.write() as conn:
            write_page(conn, source, Page(items=items, changes=tuple(changes), people=people), seen_at=until)
            for project in ("SHOP", "BOTH", "PORTAL", "PAY", "web"):
                write_watermark(conn, Watermark(source, project, until))

    return write


@pytest.fixture
def found(installation: Installation) -> Callable[..., list[Commitment]]:
    def ask(name: str = "shop", at: datetime | None = NOW, settings: Settings | None = None) -> list[Commitment]:
        here = replace(installation, settings=settings or installation.settings)
        return list(elsewhere(here, name, at).work)

    return ask


def hours(commitments: list[Commitment]) -> list[tuple[str, float]]:
    return [(one.product, (one.seconds or 0) / 3600) for one in commitments]


def test_a_person_s_work_in_other_products_is_found_over_all_trackers_and_once(put: Any, found: Any) -> None:
    put(
        work("SHOP", 1, 1),
        work("BOTH", 1, 2),
        work("PORTAL", 1, 4),
        work("PAY", 1, 8),
        work("PAY", 2, 16, assignees=("u2",)),
    )
    put(work("web", 1, 32, source="second"), source="second")
    # BOTH belongs to the shop as well, PORTAL to two other products.
    assert hours(found()) == [("Pay", 8.0), ("Customer portal", 4.0), ("Customer portal", 32.0)]
    assert hours(found("pay")) == []
    assert found("portal") == found(at=None) == []


def test_the_load_and_its_text_count_both_products_and_name_nobody(put: Any, installation: Installation) -> None:
    with installation.store.write() as conn:
        places = {"source": "memory", "kind": MilestoneKind.VERSION, "project": "SHOP", "title": "1.0"}
        milestone = Milestone(id="version:1", native_id="1", start=(NOW - 20 * DAY).date(), due=DUE, **places)
        told: Any = type("Told", (), {"statuses": (), "people": (), "milestones": (milestone,)})
        write_reference(conn, "memory", told, seen_at=NOW - 20 * DAY)
    put(work("SHOP", 1, 40, milestones=("version:1",)))
    alone = assess_product(installation, "shop")
    put(work("PORTAL", 1, 60, restricted=True))
    both = assess_product(installation, "shop")
    assert [one.load for one in both.load][:2] == pytest.approx(
        [2.5 * (one.load or 0) for one in alone.load[:2]], abs=0.01
    )
    (milestone_now,) = both.milestones
    assert [one.text for one in milestone_now.risks if one.signal == "overload"] == [
        "Team web has more work than working time in 2 weeks from 2 Mar 2026 on, 60 h of it for Customer portal."
    ]
    body = to_json(both)
    assert not [word for word in ("PORTAL-1", "Secret plan PORTAL", "lovelace@", "acme.example") if word in body]
    assert alone.inputs_digest != both.inputs_digest
    assert to_json(assess_product(installation, "shop")) == body


def test_an_earlier_instant_is_told_as_it_was_whatever_came_later(put: Any, found: Any, installation: Any) -> None:
    put(work("SHOP", 1, 40), work("PORTAL", 1, 60))
    before, bytes_before = found(), to_json(assess_product(installation, "shop", NOW))
    later = NOW + 2 * HOUR
    left = Change(
        source="memory",
        item="PORTAL-1",
        history="1",
        position=0,
        at=NOW + HOUR,
        field=FieldName.ASSIGNEES,
        before="u1",
        after="u2",
    )
    came = left.model_copy(update={"item": "PORTAL-3", "before": "u2", "after": "u1"})
    put(
        work("PORTAL", 1, 60, assignees=("u2",), updated_at=NOW + HOUR),
        work("PORTAL", 2, 5, created_at=NOW + HOUR, updated_at=NOW + HOUR),
        work("PORTAL", 3, 6, updated_at=NOW + HOUR),
        changes=[left, came],
        until=later,
    )
    assert found() == before
    assert to_json(assess_product(installation, "shop", NOW)).replace(_synced(later), _synced(NOW)) == bytes_before
    assert hours(found(at=later)) == [("Customer portal", 5.0), ("Customer portal", 6.0)]


def _synced(at: datetime) -> str:
    return f'"synced_at": "{at:%Y-%m-%dT%H:%M:%SZ}"'


def test_a_product_is_assessed_again_when_its_people_s_other_work_changes_and_only_then(
    put: Any, installation: Installation
) -> None:
    put(work("SHOP", 1), work("PORTAL", 1, 4), work("PORTAL", 9, assignees=("u2",)))

    def assessed() -> list[str]:
        return [name for name in ("shop", "pay", "portal") if settle(installation, name).fresh is not None]

    assert assessed() == ["shop", "pay", "portal"]
    assert assessed() == []
    put(work("PORTAL", 9, 50, assignees=("u2",)))
    assert assessed() == ["pay", "portal"]
    put(work("PORTAL", 1, 5))
    assert assessed() == ["shop", "pay", "portal"]
    put(work("PORTAL", 1, 5, category=StatusCategory.DONE))
    assert "shop" in assessed()
    assert assessed() == []


def test_work_elsewhere_is_asked_for_only_when_the_horizon_moved(
    put: Any, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(installation: Any, name: str, at: Any) -> Any:
        asked.append(name)
        return elsewhere(installation, name, at)

    monkeypatch.setattr(settling, "elsewhere", ask)
    put(work("SHOP", 1), work("PORTAL", 1, 4))
    settle(installation, "shop")
    asked.clear()
    assert settle(installation, "shop").fresh is None
    assert asked == []
    put(work("PORTAL", 9, 50, assignees=("u2",)))
    assert settle(installation, "shop").fresh is None
    assert asked == ["shop"]


def test_work_that_was_touched_after_the_instant_is_looked_at_again_once_the_instant_has_come(
    put: Any, installation: Installation
) -> None:
    put(work("SHOP", 1), work("PORTAL", 1, 4), work("PORTAL", 2, 4, created_at=NOW + HOUR, updated_at=NOW + HOUR))
    assert not elsewhere(installation, "shop", NOW).settled
    assert elsewhere(installation, "shop", NOW + HOUR).settled
    assert settle(installation, "shop").fresh is not None
    assert settle(installation, "shop").fresh is None
    # Nothing but the instant moves.
    put(until=NOW + 2 * HOUR)
    assert settle(installation, "shop").fresh is not None
    put(until=NOW + 3 * HOUR)
    assert settle(installation, "shop").fresh is None


def test_there_is_no_horizon_without_teams(put: Any, installation: Installation) -> None:
    put(work("SHOP", 1))
    assert horizon(installation, "shop") == horizon(installation, "shop") is not None
    assert horizon(installation, "portal") is None


def test_what_the_other_product_calls_done_is_a_change(put: Any, found: Any, installation: Installation) -> None:
    put(work("PORTAL", 1, 4))
    portal = PRODUCTS["portal"].model_copy(update={"status": {"done": ("In Progress",)}})
    other = installation.settings.model_copy(update={"products": PRODUCTS | {"portal": portal}})
    assert (len(found()), found(settings=other)) == (1, [])
    assert sight(installation, "shop") != sight(replace(installation, settings=other), "shop")


@pytest.fixture
def statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def test_the_price_does_not_grow_with_the_products(put: Any, installation: Installation, statements: Any) -> None:
    put(work("SHOP", 1), work("PORTAL", 1))
    many = {f"p{n}": product(f"P{n}", memory=[f"P{n}"]) for n in range(500)}
    counts = []
    for products in (PRODUCTS, PRODUCTS | many):
        statements.clear()
        here = replace(installation, settings=installation.settings.model_copy(update={"products": products}))
        assert len(elsewhere(here, "shop", NOW).work) == 1
        counts.append(len(statements))
    assert counts[0] == counts[1] < 15
    statements.clear()
    assert elsewhere(here, "portal", NOW) == NOWHERE
    assert statements == []
