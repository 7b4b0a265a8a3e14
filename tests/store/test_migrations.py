from __future__ import annotations

import logging
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pmbridge.store import Store, open_store
from pmbridge.store.migrate import MIGRATIONS
from pmbridge.store.schema import REVISION, metadata


def test_the_migrations_lead_to_the_tables_of_the_program(store: Store) -> None:
    with store.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


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
