"""The kinds of columns that the tables of the store are made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, MetaData, Text, text
from sqlalchemy.dialects import postgresql

#: Texts are compared by code point everywhere, whatever the language of a server: an order is the same on both engines.
TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


#: Every table of the store.
metadata = MetaData()


def words(name: str, *, nullable: bool = False) -> Column[str]:
    """Return a column of text."""
    return Column(name, TEXT, nullable=nullable)


def instant(name: str, *, nullable: bool = False) -> Column[int]:
    """Return a column of UTC microseconds."""
    return Column(name, BigInteger, nullable=nullable)


def number(name: str) -> Column[int]:
    """Return a column of small numbers and flags."""
    return Column(name, Integer, nullable=False)


def serial() -> Column[int]:
    """Return the column of ids that the database gives out."""
    return Column("id", Integer, primary_key=True, autoincrement=True)


def where_known(name: str, *columns: str) -> Index:
    """Return an index of the rows whose last column is known."""
    return only_where(name, f"{columns[-1]} IS NOT NULL", *columns)


def only_where(name: str, condition: str, *columns: str) -> Index:
    """Return an index of some rows only; a query has to write their condition out to be answered from it."""
    chosen = text(condition)
    return Index(name, *columns, sqlite_where=chosen, postgresql_where=chosen)


def of_item(name: str) -> ForeignKeyConstraint:
    """Return the tie to the item a row belongs to."""
    return ForeignKeyConstraint(["source", "item"], ["items.source", "items.id"], name=name, ondelete="CASCADE")
