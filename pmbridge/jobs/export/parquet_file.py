"""Rows as a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pmbridge.errors import StoreError

_AT_ONCE = 20_000


def write(file: Path, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> int:
    """Write rows in groups, so that no table is ever whole in memory, and return how many there were."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise StoreError("Parquet needs a library: pip install 'pmbridge[parquet]', or use --format csv.") from None
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "decimal": pa.float64(),
        "instant": pa.timestamp("us", tz="UTC"),
        "date": pa.string(),
        "flag": pa.bool_(),
    }
    shape = pa.schema([(name, types[kind]) for name, kind in columns])
    count = 0
    with parquet.ParquetWriter(file, shape, compression="zstd") as out:
        for group in _groups(iter(rows)):
            arrays = [
                pa.array(values, type=field.type) for values, field in zip(zip(*group, strict=True), shape, strict=True)
            ]
            out.write_table(pa.Table.from_arrays(arrays, schema=shape))
            count += len(group)
    return count


def _groups(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while group := list(islice(rows, _AT_ONCE)):
        yield group
