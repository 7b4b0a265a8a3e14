"""What every section of the configuration has in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Section(BaseModel):
    """A part of the configuration: immutable, and without a key that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} cannot be a name here: use up to 63 letters, digits, hyphens, dots, underscores")
    return text


#: A text that says something.
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

#: A name that markers, ledgers and the command line can carry.
Name = Annotated[str, AfterValidator(_name)]
