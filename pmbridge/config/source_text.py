"""The YAML file as plain data, every value with the line it stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from pmbridge.config.problems import KeyPath, Problem
from pmbridge.errors import ConfigError

#: A reference in a flow mapping, {token: ${TOKEN}}, would end the mapping; its braces are hidden from the parser.
_REFERENCE = re.compile(r"\$\{([^{}\n]*)\}")
_HIDDEN = str.maketrans({"\ue000": "{", "\ue001": "}"})
_MOST_VALUES = 50_000


class _Loader(yaml.SafeLoader):
    """A safe loader with the words of YAML 1.2: only true and false are booleans, 9:30 is a text."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


@dataclass(slots=True)
class SourceText:
    """Parsed YAML: plain data, the line of every key path, and what was wrong with its form."""

    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(file: Path) -> SourceText:
    """Read a file; raises `ConfigError` with line and column if it is no YAML at all."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{file} cannot be read: {reason}. Check the file and its rights.") from None
    return parse(text, file)


def parse(text: str, file: Path) -> SourceText:
    """Turn YAML into plain data; duplicate keys and endless references become problems."""
    try:
        loader = _Loader(_REFERENCE.sub("$\ue000\\1\ue001", text))
        node = loader.get_single_node()
        walk = _Walk(loader)
        if node is not None:
            walk.result.data = walk.value(node, ())
    except ReaderError as error:
        raise ConfigError(_unprintable(error, text, file)) from None
    except yaml.YAMLError as error:
        raise ConfigError(_malformed(error, file)) from None
    except RecursionError:
        raise ConfigError(f"{file} is nested too deeply to be a configuration. Check its brackets.") from None
    return walk.result


class _Walk:
    """Goes through the nodes once, building data and noting lines."""

    def __init__(self, loader: _Loader) -> None:
        self.result = SourceText()
        self._loader = loader
        self._open: set[int] = set()
        self._count = 0

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.result.lines.setdefault(path, node.start_mark.line + 1)
        self._count += 1
        if id(node) in self._open or self._count > _MOST_VALUES:
            self._problem(path, "an alias (*) repeats itself without end: write the value out")
            return None
        self._open.add(id(node))
        try:
            return self._inside(node, path)
        finally:
            self._open.discard(id(node))

    def _inside(self, node: yaml.Node, path: KeyPath) -> Any:
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, place)) for place, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _entries(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value).translate(_HIDDEN) if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            if key in seen:
                first = self.result.lines[(*path, key)]
                self._problem((*path, key), f"stands twice, in line {first} and in line {line}: keep one")
                continue
            seen.add(key)
            self.result.lines[(*path, key)] = line
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        node.value = str(node.value).translate(_HIDDEN)
        try:
            return self._loader.construct_object(node)
        except ValueError:
            self._problem(path, "is no such date or number: check it, or put it in quotes")
            return None

    def _problem(self, path: KeyPath, text: str) -> None:
        self.result.problems.append(Problem(path, text))


def _malformed(error: yaml.YAMLError, file: Path) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
    said = str(getattr(error, "problem", None) or "not readable as YAML").translate(_HIDDEN)
    return f"{where} is no valid YAML: {said}. Check indentation, colons and quotes there."


def _unprintable(error: ReaderError, text: str, file: Path) -> str:
    before = text[: error.position]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"{file}:{line}:{column} holds a control character, U+{ord(text[error.position]):04X}. Remove it."
