"""Reading of the folder: one JSON list of rows a file, in the words of the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pmbridge.errors import BadAnswer, NotFound, Unavailable
from pmbridge.transport import decode

M = TypeVar("M", bound=BaseModel)


def rows(folder: Path, name: str, model: type[M], source: str, *, needed: bool = False) -> tuple[M, ...]:
    """Read ``name.json``; rows need not name the source.

    A file that is absent holds nothing, unless it is ``needed``. Raises `BadAnswer` naming the file, the row and what
    is wrong with it.
    """
    file = folder / f"{name}.json"
    if not file.exists() and not needed:
        return ()
    found = _decoded(file, source)
    if not isinstance(found, list):
        raise BadAnswer(f"{source}: {file} must hold a list.", source=source)
    return tuple(_row(file, number, row, model, source) for number, row in enumerate(found, 1))


def _decoded(file: Path, source: str) -> Any:
    try:
        return decode(file.read_bytes())
    except FileNotFoundError:
        raise NotFound(f"{source}: there is no {file}: check path of this source.", source=source) from None
    except OSError as error:
        raise Unavailable(f"{source}: {file} cannot be read: {error.strerror}.", source=source) from None
    except ValueError as error:
        raise BadAnswer(f"{source}: {file} is no JSON: {error}.", source=source) from None


def _row(file: Path, number: int, row: Any, model: type[M], source: str) -> M:
    try:
        return model.model_validate({"source": source, **row} if isinstance(row, dict) else row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the row"
        raise BadAnswer(f"{source}: row {number} of {file}: {where}: {first['msg']}.", source=source) from None
