from __future__ import annotations

import socket
import threading
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pmbridge.errors import SchemaMismatch, StoreError, StoreLocked, StoreUnavailable
from pmbridge.store import open_store
from pmbridge.store.failures import explain
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark


def test_a_store_is_created_in_an_empty_database(postgres: Any) -> None:
    with open_store(postgres.url(postgres.create(template=None))) as store, store.read() as conn:
        assert read_watermark(conn, "jira", "SHOP") == Watermark("jira", "SHOP")


def test_workers_that_create_one_store_at_once_all_get_it(postgres: Any) -> None:
    url, failures = postgres.url(postgres.create(template=None)), list[Exception]()

    def create() -> None:
        try:
            open_store(url, patience=30).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_reader_sees_one_instant_and_cannot_write(postgres_url: str) -> None:
    with open_store(postgres_url) as store, store.read() as reader:
        assert read_watermark(reader, "jira", "SHOP").cursor is None
        with store.write() as writer:
            write_watermark(writer, Watermark("jira", "SHOP", cursor="page-2"))
        assert read_watermark(reader, "jira", "SHOP").cursor is None
    with (
        pytest.raises(StoreError, match="takes no writes"),
        open_store(postgres_url) as store,
        store.read() as reader,
    ):
        write_watermark(reader, Watermark("jira", "SHOP", cursor="page-3"))


def test_writers_of_two_scopes_work_side_by_side_and_of_one_take_turns(postgres_url: str) -> None:
    with open_store(postgres_url, patience=0.2) as store, store.write("jira/SHOP"):
        with store.write("jira/PAY") as other:
            write_watermark(other, Watermark("jira", "PAY", cursor="1"))
        with pytest.raises(StoreLocked), store.write("jira/SHOP"):
            pass
        with pytest.raises(StoreLocked), store.write():
            pass


def test_a_foreign_database_is_refused(postgres: Any) -> None:
    name = postgres.create(template=None)
    with psycopg.connect(postgres.url(name), autocommit=True) as conn:
        conn.execute("CREATE TABLE invoices (id int)")
    with pytest.raises(StoreError, match="not a store of pmbridge"):
        open_store(postgres.url(name))


def test_a_newer_store_is_refused(postgres_url: str) -> None:
    with open_store(postgres_url) as store, store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="newer pmbridge"):
        open_store(postgres_url)


def test_a_server_that_does_not_run_is_told_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(StoreUnavailable, match="Is the server running") as caught:
        open_store(f"postgresql://me:s3cret@127.0.0.1:{port}/pmbridge")
    assert "s3cret" not in str(caught.value)
    assert f"127.0.0.1:{port}" in str(caught.value)


def test_a_database_and_a_user_that_do_not_exist_are_named(postgres: Any) -> None:
    with pytest.raises(StoreUnavailable, match="no database of this name"):
        open_store(postgres.url("nowhere"))
    with pytest.raises(StoreUnavailable, match="does not know this user"):
        open_store(postgres.url("postgres").replace("postgres:@", "nobody:@"))


@pytest.mark.parametrize(
    ("told", "cure"),
    [
        ('connection failed: FATAL:  password authentication failed for user "me"', "refused the password"),
        ("connection failed: fe_sendauth: no password supplied", "asks for a password"),
        ("failed to resolve host 'db': Name or service not known", "host's name is not known"),
    ],
)
def test_a_refused_connection_says_what_to_mend(told: str, cure: str) -> None:
    error = OperationalError("connect", None, psycopg.OperationalError(told))
    assert cure in str(explain(error, "the database pmbridge at db"))


def test_a_restart_in_the_middle_loses_the_open_transaction_and_nothing_else(postgres: Any) -> None:
    url = postgres.url(postgres.create())

    def write_through_a_restart() -> None:
        with store.write() as conn:
            write_watermark(conn, Watermark("jira", "SHOP", cursor="page-2"))
            postgres.restart()
            write_watermark(conn, Watermark("jira", "SHOP", cursor="page-3"))

    with open_store(url) as store:
        with store.write() as conn:
            write_watermark(conn, Watermark("jira", "SHOP", cursor="page-1"))
        with pytest.raises(StoreUnavailable, match="was lost"):
            write_through_a_restart()
        with store.read() as conn:
            assert read_watermark(conn, "jira", "SHOP").cursor == "page-1"


def test_the_zero_character_is_replaced_where_it_cannot_be_kept(postgres_url: str) -> None:
    with open_store(postgres_url) as store, store.write() as conn:
        write_watermark(conn, Watermark("jira", "SHOP", cursor="a\0b"))
        assert read_watermark(conn, "jira", "SHOP").cursor == "a\ufffdb"
