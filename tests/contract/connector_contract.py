"""What any connector must do: inherit `ConnectorContract` and give it a `Stage`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from pmbridge.connector import CheckStatus, Connector, Finding, Page, Reconciling, load
from pmbridge.errors import (
    AuthFailed,
    BadAnswer,
    ConnectorError,
    NotFound,
    PermissionDenied,
    RateLimited,
    Rejected,
    Unavailable,
)
from pmbridge.model import FieldName, History, StatusCategory
from pmbridge.store import Store, open_store, read_history
from pmbridge.sync import CertificateStatus, sync_source
from pmbridge.transport import Adapter
from tests.contract.disturbing import QUESTIONS, ending, noting

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECRET = "very-secret-token"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


class Stage(Protocol):
    """A tracker the contract can act on, and connectors to it. ``kind`` is the name of the entry point.

    Where the tracker has a clock of its own, it stands at ``day(60)``.
    """

    kind: str
    project: str
    #: The token a connector is made with; ``None`` where there is none.
    secret: str | None
    #: How many items fill more than two pages.
    several_pages: int

    def connector(self) -> Connector: ...
    def create(self, title: str, at: datetime) -> str: ...
    def create_bare(self, at: datetime) -> str:
        """Make an item in which everything that can be absent is."""

    def finish(self, item: str, at: datetime) -> None:
        """Bring an item into a status that counts as done."""

    def forget_author(self, item: str) -> None:
        """Delete the account that made an item."""

    def delete(self, item: str) -> None: ...
    def move(self, item: str, at: datetime) -> None:
        """Move an item to another project."""

    def key(self, item: str) -> str: ...
    def add_projects(self, count: int) -> dict[str, str]:
        """Add projects with an item each, given by project; connectors that are made later read them, too."""

    def misbehave(self, fault: str, *, everywhere: bool = False) -> None:
        """Suffer ``fault`` at every later read of pages, or of anything: a status, ``html``, ``cut`` or ``drop``."""


HTTP_FAULTS: dict[str, tuple[type[ConnectorError], ...]] = {
    "400": (Rejected,),
    "401": (AuthFailed,),
    "403": (PermissionDenied,),
    "404": (NotFound, BadAnswer),
    "409": (Rejected,),
    "429": (RateLimited,),
    "500": (Unavailable,),
    "502": (Unavailable,),
    "503": (Unavailable,),
    "html": (BadAnswer, Unavailable),
    "cut": (BadAnswer,),
    "drop": (Unavailable,),
}


class ConnectorContract:
    """The tests; a subclass gives the fixture ``stage``."""

    faults: dict[str, tuple[type[ConnectorError], ...]] = HTTP_FAULTS
    #: What a run may cost in which nothing has changed.
    quiet = 6
    #: The same of fifty projects.
    quiet_fifty = 6

    @pytest.fixture(autouse=True)
    def _patient_without_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Adapter, "_rest", lambda self, seconds: None)

    @pytest.fixture
    def connector(self, stage: Stage) -> Iterator[Connector]:
        made = stage.connector()
        yield made
        made.close()

    @pytest.fixture
    def store(self, tmp_path: Any) -> Iterator[Store]:
        with open_store(f"sqlite:///{tmp_path / 'contract.db'}") as opened:
            yield opened

    def read(self, stage: Stage, connector: Connector, **ask: Any) -> list[Page]:
        asked = {"since": None, "cursor": None} | ask
        return list(connector.fetch_pages(stage.project, reference=connector.fetch_reference([stage.project]), **asked))

    def held(self, stage: Stage, store: Store) -> History:
        with store.read() as conn:
            return read_history(conn, {"source-x": [stage.project]})

    def test_it_is_found_by_its_name_and_keeps_the_contract(self, stage: Stage, connector: Connector) -> None:
        assert load(stage.kind) is type(connector)
        assert isinstance(connector, Connector)
        assert isinstance(connector, Reconciling)
        assert connector.kind == stage.kind
        assert connector.name == "source-x"
        assert stage.project in connector.projects()

    def test_making_and_closing_it_sends_nothing(self, stage: Stage, connector: Connector) -> None:
        assert connector.usage().requests == 0
        connector.close()
        connector.close()
        if stage.secret:
            assert stage.secret not in repr(connector) + repr(vars(connector))

    def test_its_clock_and_account_are_told(self, connector: Connector) -> None:
        assert connector.now().tzinfo is not None
        assert connector.whoami().source == "source-x"

    def test_every_item_is_read_once_and_in_the_same_order_each_time(self, stage: Stage, connector: Connector) -> None:
        made = {stage.create(f"Item {n}", day(n % 40)) for n in range(stage.several_pages)}
        first, second = (self.read(stage, connector) for _ in range(2))
        ids = [item.id for page in first for item in page.items]
        assert len(first) > 2
        assert len(ids) == len(set(ids))
        assert set(ids) == made
        assert ids == [item.id for page in second for item in page.items]
        assert [page.cursor is None for page in first] == [False] * (len(first) - 1) + [True]
        assert connector.count(stage.project) == len(made)

    def test_an_empty_project_is_one_empty_page(self, stage: Stage, connector: Connector) -> None:
        pages = self.read(stage, connector)
        assert [(page.items, page.changes, page.cursor) for page in pages] == [((), (), None)]
        assert connector.count(stage.project) == 0
        assert list(self.ids(stage, connector)) == []

    def test_it_goes_on_after_any_page(self, stage: Stage, connector: Connector) -> None:
        for n in range(stage.several_pages):
            stage.create(f"Item {n}", day(n % 40))
        pages = self.read(stage, connector)
        everything = {item.id for page in pages for item in page.items}
        for number, page in enumerate(pages[:-1], 1):
            rest = self.read(stage, stage.connector(), cursor=page.cursor)
            seen = {item.id for page in (*pages[:number], *rest) for item in page.items}
            assert seen == everything
            assert len(rest) <= len(pages) - number + 1

    def test_only_what_changed_is_read_again(self, stage: Stage, connector: Connector) -> None:
        made = [stage.create(f"Item {n}", day(n)) for n in range(9)]
        stage.finish(made[4], day(50))
        found = [item.id for page in self.read(stage, connector, since=day(49)) for item in page.items]
        assert found == [made[4]]

    def test_what_can_be_absent_may_be(self, stage: Stage, connector: Connector) -> None:
        bare = stage.create_bare(day(0))
        ((item,),) = (page.items for page in self.read(stage, connector))
        assert item.id == bare
        absent = ("resolution", "closed_at", "parent", "points", "due", "description", "severity", "estimate_seconds")
        assert {name: getattr(item, name) for name in absent} == dict.fromkeys(absent)
        assert (item.labels, item.milestones, item.assignees, item.components) == ((), (), (), ())

    def test_what_is_absent_stays_absent_in_the_store(self, stage: Stage, connector: Connector, store: Store) -> None:
        bare = stage.create_bare(day(0))
        proof = sync_source(connector, store, holder="contract")
        assert proof.status is CertificateStatus.COMPLETE, proof.gaps
        ((read,),) = (page.items for page in self.read(stage, connector))
        assert [(item.id, item) for item in self.held(stage, store).items] == [(bare, read)]

    def test_the_work_of_somebody_who_left_is_still_read(self, stage: Stage, connector: Connector) -> None:
        item = stage.create("Left behind", day(0))
        stage.forget_author(item)
        assert [i.id for page in self.read(stage, connector) for i in page.items] == [item]

    def test_somebody_who_left_is_a_former_user_and_nobody_else(self, stage: Stage, connector: Connector) -> None:
        stage.forget_author(stage.create("Left behind", day(0)))
        pages = self.read(stage, connector)
        left = {page.items[0].author for page in pages} | {a for page in pages for a in page.items[0].assignees}
        known = [*(one for page in pages for one in page.people), *connector.fetch_reference([stage.project]).people]
        named = [one for one in known if one.id in left]
        assert all(one.former and one.username is None and one.email is None for one in named), named

    def test_a_change_tells_what_it_changed_in_the_words_of_the_model(self, stage: Stage, connector: Connector) -> None:
        item = stage.create("Cart", day(0))
        stage.finish(item, day(3))
        (page,) = self.read(stage, connector)
        (change,) = [c for c in page.changes if c.field is FieldName.STATUS]
        assert (change.item, change.at, change.after) == (item, day(3), page.items[0].status)
        assert page.items[0].category is StatusCategory.DONE
        assert {row.source for rows in (page.items, page.changes, page.people) for row in rows} == {"source-x"}
        assert len({c.identity for c in page.changes}) == len(page.changes)
        definitions = connector.fetch_reference([stage.project]).statuses
        assert page.items[0].status in {status.id for status in definitions}

    def ids(self, stage: Stage, connector: Connector) -> Iterator[str]:
        assert isinstance(connector, Reconciling)
        return connector.list_ids(stage.project)

    def test_what_is_gone_or_moved_is_missed_and_found_out(self, stage: Stage, connector: Connector) -> None:
        kept, gone, moved = (stage.create(title, day(n)) for n, title in enumerate(("kept", "gone", "moved")))
        keys = {item: stage.key(item) for item in (kept, gone, moved)}
        stage.delete(gone)
        stage.move(moved, day(9))
        assert isinstance(connector, Reconciling)
        found = {where.item: where.finding for where in connector.find(stage.project, keys)}
        assert found[kept] is Finding.HERE
        assert found[gone] is Finding.GONE
        listed = set(self.ids(stage, connector))
        assert kept in listed
        assert gone not in listed
        assert (moved in listed) == (found[moved] is Finding.HERE)

    def test_a_sync_is_proven_and_a_second_one_changes_nothing(
        self, stage: Stage, connector: Connector, store: Store
    ) -> None:
        made = [stage.create(f"Item {n}", day(n % 40)) for n in range(stage.several_pages)]
        for item in made[::7]:
            stage.finish(item, day(41))
        first = sync_source(connector, store, holder="contract")
        assert first.status is CertificateStatus.COMPLETE, first.gaps
        before = self.held(stage, store)
        second = sync_source(connector, store, holder="contract")
        after = self.held(stage, store)
        assert second.status is CertificateStatus.COMPLETE
        assert (before.items, before.changes, before.links) == (after.items, after.changes, after.links)
        assert second.requests <= self.quiet

    def test_fifty_projects_cost_no_more_than_one_where_nothing_changed(self, stage: Stage, store: Store) -> None:
        stage.create("Cart", day(1))
        stage.add_projects(49)
        first = sync_source(stage.connector(), store, holder="contract")
        assert first.status is CertificateStatus.COMPLETE, first.gaps
        second = sync_source(stage.connector(), store, holder="contract")
        assert second.status is CertificateStatus.COMPLETE, second.gaps
        assert (len(second.counts), second.items_tracker, second.items_stored) == (50, 50, 50)
        assert second.requests <= self.quiet_fifty

    def test_what_changes_in_one_of_fifty_projects_is_read(self, stage: Stage, store: Store) -> None:
        others = stage.add_projects(49)
        sync_source(stage.connector(), store, holder="contract")
        project = sorted(others)[31]
        stage.finish(others[project], stage.connector().now())
        third = sync_source(stage.connector(), store, holder="contract")
        assert third.status is CertificateStatus.COMPLETE, third.gaps
        with store.read() as conn:
            found = read_history(conn, {"source-x": sorted(others)}).items
        assert [item.project for item in found if item.category is StatusCategory.DONE] == [project]
        assert third.requests <= self.quiet_fifty + 8

    def test_a_deleted_item_is_buried_by_the_next_sync(self, stage: Stage, connector: Connector, store: Store) -> None:
        made = [stage.create(f"Item {n}", day(n)) for n in range(5)]
        sync_source(connector, store, holder="contract")
        stage.delete(made[2])
        proof = sync_source(connector, store, holder="contract")
        assert (proof.status, proof.tombstones) == (CertificateStatus.COMPLETE, 1), proof.gaps
        assert {item.id for item in self.held(stage, store).items} == set(made) - {made[2]}

    def test_a_moved_item_leaves_its_project_or_is_closed_there_as_moved(
        self, stage: Stage, connector: Connector, store: Store
    ) -> None:
        made = [stage.create(f"Item {n}", day(n)) for n in range(4)]
        sync_source(connector, store, holder="contract")
        stage.move(made[1], day(60))
        proof = sync_source(connector, store, holder="contract")
        assert proof.status is CertificateStatus.COMPLETE, proof.gaps
        left = {item.id: item for item in self.held(stage, store).items}
        moved = left.pop(made[1], None)
        assert moved is None or moved.resolution == "moved"
        assert set(left) == set(made) - {made[1]}

    def test_a_run_that_ends_after_any_page_is_taken_up(
        self, stage: Stage, connector: Connector, store: Store, tmp_path: Any
    ) -> None:
        made = [stage.create(f"Item {n}", day(n % 40)) for n in range(stage.several_pages)]
        for item in made[::5]:
            stage.finish(item, day(41))
        pages = len(self.read(stage, connector))
        with open_store(f"sqlite:///{tmp_path / 'undisturbed.db'}") as other:
            sync_source(connector, other, holder="contract")
            undisturbed = self.held(stage, other)
        for _ in range(1, pages):
            with pytest.raises(KeyboardInterrupt):
                sync_source(ending(stage.connector()), store, holder="contract")
        sync_source(connector, store, holder="contract")
        found = self.held(stage, store)
        assert (found.items, found.changes) == (undisturbed.items, undisturbed.changes)

    def test_every_failure_is_one_of_ours_and_shows_no_secret(self, stage: Stage) -> None:
        stage.create("Cart", day(0))
        for fault, expected in self.faults.items():
            made = stage.connector()
            reference = made.fetch_reference([stage.project])
            stage.misbehave(fault)
            with pytest.raises(ConnectorError) as caught:
                list(made.fetch_pages(stage.project, since=None, cursor=None, reference=reference))
            assert isinstance(caught.value, expected), f"{fault}: {caught.value!r}"
            assert len(str(caught.value)) > 20
            if stage.secret:
                assert stage.secret not in str(caught.value)
            stage.misbehave("nothing")
            made.close()

    def test_every_question_is_answered_or_fails_in_our_words(self, stage: Stage) -> None:
        item = stage.create("Cart", day(0))
        keys = {item: stage.key(item)}
        told: list[str] = []
        for fault in self.faults:
            for ask in QUESTIONS.values():
                made = stage.connector()
                stage.misbehave(fault, everywhere=True)
                with suppress(ConnectorError), noting(told):
                    ask(made, stage.project, keys)
                stage.misbehave("nothing")
                made.close()
        assert len(told) >= len(self.faults)
        assert [text for text in told if len(text) <= 20 or (stage.secret and stage.secret in text)] == []

    def test_a_doctor_tells_what_fails_and_does_not_fail(self, stage: Stage) -> None:
        stage.create("Cart", day(0))
        for fault in self.faults:
            made = stage.connector()
            stage.misbehave(fault, everywhere=True)
            told = list(made.diagnose([stage.project]))
            stage.misbehave("nothing")
            made.close()
            assert any(check.status is CheckStatus.FAILED for check in told), fault
            assert stage.secret is None or not any(stage.secret in check.text for check in told)

    def test_a_run_that_fails_leaves_a_failed_certificate_and_what_was_held(self, stage: Stage, store: Store) -> None:
        made = stage.create("Cart", day(0))
        sync_source(stage.connector(), store, holder="contract")
        for fault in self.faults:
            stage.misbehave(fault, everywhere=True)
            proof = sync_source(stage.connector(), store, holder="contract")
            stage.misbehave("nothing")
            assert proof.status is not CertificateStatus.COMPLETE, fault
            assert [item.id for item in self.held(stage, store).items] == [made]
