"""Exporting the whole star into a folder, one file a table."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pmbridge.errors import StoreError
from pmbridge.store import Store
from pmbridge.store.star import VIEWS


class Form(StrEnum):
    """The forms of files."""

    CSV = "csv"
    PARQUET = "parquet"


def export(store: Store, folder: Path, form: Form) -> dict[str, int]:
    """Write every table as of one instant, and return their numbers of rows.

    The folder is made where it is not there. Raises `StoreError` where it cannot be written, or where Parquet's
    library is missing.
    """
    from pmbridge.jobs.export import csv_file, parquet_file

    write = parquet_file.write if form is Form.PARQUET else csv_file.write
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with store.read() as conn:
            return {v.name: write(folder / f"{v.name}.{form}", v.columns, v.rows(conn)) for v in VIEWS}
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror}. Name another folder.") from None
