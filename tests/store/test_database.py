from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pmbridge.errors import SchemaMismatch, StoreCorrupt, StoreError, StoreLocked
from pmbridge.store import Store, open_store
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark

NOBODY = 65534


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def readonly_folder() -> Iterator[Path]:
    """A folder that this process may not write to, also when the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
        folder.chmod(0o755)
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()


def test_a_new_store_is_created_with_readers_that_are_never_locked_out(file_store: Store, path: Path) -> None:
    with file_store.read() as conn:
        assert conn.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert conn.execute(text("PRAGMA foreign_keys")).scalar() == 1
    assert path.exists()


def test_what_was_written_is_there_when_the_store_is_opened_again(path: Path) -> None:
    with open_store(url(path)) as first, first.write() as conn:
        write_watermark(conn, Watermark("jira", "SHOP", cursor="page-2"))
    with open_store(url(path)) as second, second.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").cursor == "page-2"


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail_midway() -> None:
        with store.write() as conn:
            write_watermark(conn, Watermark("jira", "SHOP", cursor="page-2"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_midway()
    with store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").cursor is None


def test_a_reader_sees_one_instant_while_another_writes(store: Store) -> None:
    with store.read() as reader:
        assert read_watermark(reader, "jira", "SHOP").cursor is None
        with store.write() as writer:
            write_watermark(writer, Watermark("jira", "SHOP", cursor="page-2"))
        assert read_watermark(reader, "jira", "SHOP").cursor is None
    with store.read() as later:
        assert read_watermark(later, "jira", "SHOP").cursor == "page-2"


def test_two_writers_take_turns_also_when_both_read_first(path: Path) -> None:
    def count_up() -> None:
        with open_store(url(path), patience=30) as store:
            for _ in range(20):
                with store.write() as conn:
                    seen = int(read_watermark(conn, "jira", "SHOP").cursor or 0)
                    write_watermark(conn, Watermark("jira", "SHOP", cursor=str(seen + 1)))

    open_store(url(path)).close()
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_store(url(path)) as store, store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP").cursor == "80"


def test_programs_that_create_one_store_at_once_all_get_it(path: Path) -> None:
    failures: list[Exception] = []

    def create() -> None:
        try:
            open_store(url(path), patience=30).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_second_writer_is_told_that_the_store_is_locked(file_store: Store, path: Path) -> None:
    with (
        file_store.write(),
        open_store(url(path), patience=0.05) as other,
        pytest.raises(StoreLocked, match="Another program is writing") as caught,
        other.write(),
    ):
        pass
    assert str(path) in str(caught.value)


def test_a_store_held_exclusively_by_another_program_is_locked(path: Path) -> None:
    open_store(url(path)).close()
    holder = sqlite3.connect(path, isolation_level=None)
    try:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreLocked, match="Wait until it has finished"):
            open_store(url(path), patience=0.05)
    finally:
        holder.close()


def test_a_file_that_is_no_database_is_refused_with_the_cure(path: Path) -> None:
    path.write_text("Minutes of the steering committee\n" * 100)
    with pytest.raises(StoreCorrupt, match="Restore it from a backup") as caught:
        open_store(url(path))
    assert str(path) in str(caught.value)
    assert path.read_text().startswith("Minutes")


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE invoices (id INTEGER)")
    foreign.commit()
    foreign.close()
    with pytest.raises(StoreCorrupt, match="not a store of pmbridge"):
        open_store(url(path))
    foreign = sqlite3.connect(path)
    assert [name for (name,) in foreign.execute("SELECT name FROM sqlite_master")] == ["invoices"]
    foreign.close()


def test_a_damaged_store_is_reported_with_the_cure(path: Path) -> None:
    with open_store(url(path)) as store, store.write() as conn:
        for number in range(500):
            write_watermark(conn, Watermark("jira", f"P{number}", cursor="c" * 200))
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xa5" * len(whole[4096:])
    path.write_bytes(whole)
    with (
        pytest.raises(StoreCorrupt, match="move it away and run `pmbridge sync`"),
        open_store(url(path)) as store,
        store.read() as conn,
    ):
        read_watermark(conn, "jira", "P1")


def test_a_store_of_a_newer_program_is_refused(path: Path) -> None:
    with open_store(url(path)) as store, store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="was written by a newer pmbridge") as caught:
        open_store(url(path))
    assert "9999" in str(caught.value)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "pmbridge.db"
    with pytest.raises(StoreError, match="does not exist") as caught:
        open_store(url(missing))
    assert str(missing.parent) in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(readonly_folder: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened for writing") as caught:
        open_store(url(readonly_folder / "pmbridge.db"))
    assert str(readonly_folder / "pmbridge.db") in str(caught.value)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        open_store(url(tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_an_address_that_is_no_database_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(StoreError, match="like sqlite:") as caught:
        open_store("s3cret pmbridge.db")
    assert "s3cret" not in str(caught.value)


def test_another_kind_of_database_is_refused_without_its_password() -> None:
    with pytest.raises(StoreError, match="mysql is not supported") as caught:
        open_store("mysql://me:s3cret@db.example/pmbridge")
    assert "s3cret" not in str(caught.value)


def test_a_store_in_memory_serves_a_single_look() -> None:
    with open_store("sqlite://") as store:
        with store.write() as conn:
            write_watermark(conn, Watermark("jira", "SHOP", cursor="page-2"))
        with store.read() as conn:
            assert read_watermark(conn, "jira", "SHOP").cursor == "page-2"
