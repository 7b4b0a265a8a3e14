from __future__ import annotations

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from pmbridge.store.bulk import append_sql, upsert_sql
from pmbridge.store.schema import metadata

TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
#: What both databases hand over as Python's own int, str and bytes.
PLAIN_TYPES = {"BIGINT", "INTEGER", "SERIAL", 'TEXT COLLATE "C"', "BYTEA"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_plain_types_in_postgresql_too(table: Table) -> None:
    dialect = postgresql.dialect()
    assert str(CreateTable(table).compile(dialect=dialect)).strip().startswith("CREATE TABLE")
    assert {column.type.compile(dialect=dialect) for column in table.columns} <= PLAIN_TYPES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize(("database", "mark"), [("sqlite", "?"), ("postgresql", "%s")])
def test_rows_go_in_as_tuples_in_column_order(table: Table, database: str, mark: str) -> None:
    statement = upsert_sql(table, database)
    into = statement.partition("(")[2].partition(")")[0].replace('"', "").split(", ")
    assert into == [column.name for column in table.columns]
    opening = "VALUES (" if database == "sqlite" else "unnest("
    values = statement.partition(opening)[2].partition(")")[0].split(", ")
    assert [value.partition("::")[0] for value in values] == [mark] * len(into)
    assert "DO UPDATE SET" in statement


@pytest.mark.parametrize("name", ["certificates", "assessments", "receipts"])
def test_the_database_numbers_rows_that_are_appended(name: str) -> None:
    table = metadata.tables[name]
    statement = append_sql(table, "sqlite")
    assert statement.count("?") == len(table.columns) - 1
    assert "ON CONFLICT" not in statement
