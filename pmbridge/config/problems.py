"""What is wrong with a configuration, each finding with its place and its cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pmbridge.errors import ConfigError

#: Where a value stands: keys and positions from the top.
KeyPath: TypeAlias = tuple[str | int, ...]

#: A shorter value would mask ordinary words.
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; ``text`` says what is wrong and how to mend it, and holds no secret."""

    path: KeyPath
    text: str


def as_error(
    file: Path, problems: Iterable[Problem], lines: Mapping[KeyPath, int], secrets: Sequence[str] = ()
) -> ConfigError:
    """Put all findings into one error, in the order of the file, a line each."""
    ordered = sorted(dict.fromkeys(problems), key=lambda p: (line_of(p.path, lines), dotted(p.path)))
    rows = [f"{file.name}:{line_of(p.path, lines)} {dotted(p.path)}: {p.text}" for p in ordered]
    count = "1 problem" if len(rows) == 1 else f"{len(rows)} problems"
    text = "\n".join([f"{file} cannot be used, {count}:", *(f"  {row}" for row in rows)])
    for secret in secrets:
        text = text.replace(secret, "***") if len(secret) >= _SHORTEST_SECRET else text
    return ConfigError(text)


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """Return the line of a key, or of the section it is missing from."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def dotted(path: KeyPath) -> str:
    """Write a place as ``products.shop.publish[0].slot``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".") or "the file"
