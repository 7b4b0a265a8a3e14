from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from pmbridge.store import Store, open_store, read_history
from pmbridge.store.check import check
from pmbridge.store.migrate import MIGRATIONS
from pmbridge.store.schema import REVISION, metadata
from pmbridge.store.temporal import rebuild


def test_the_migrations_lead_to_the_tables_of_the_program(store: Store) -> None:
    with store.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@pytest.mark.parametrize("released", revisions())
def test_a_store_of_every_schema_there_was_is_brought_up_to_date_with_all_it_holds(path: Path, released: str) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript((Path(__file__).parent / "data" / "0001.sql").read_text(encoding="utf-8"))
    with create_engine(f"sqlite:///{path}").begin() as conn:
        config = Config(attributes={"connection": conn})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, released)
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == released
    with open_store(f"sqlite:///{path}") as store:
        with store.write() as conn:
            rebuild(conn, "jira")
        with store.read() as conn:
            history = read_history(conn, {"jira": ["SHOP"]})
            assert check(conn).findings == ()
            assert compare_metadata(MigrationContext.configure(conn), metadata) == []
    assert (len(history.items), len(history.changes)) == (3, 6)


def test_the_program_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_migrating_leaves_logging_as_it_was(path: Path) -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers), root.manager.disable
    open_store(f"sqlite:///{path}").close()
    assert (root.level, list(root.handlers), root.manager.disable) == before
    assert logging.getLogger("alembic").level == logging.NOTSET
    assert not logging.getLogger("pmbridge").disabled
