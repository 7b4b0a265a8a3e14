"""Reading of a question in the GraphQL language into fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'[\s,]*(?:#[^\n]*)?[\s,]*(\.\.\.|[A-Za-z_]\w*|"(?:\\.|[^"\\])*"|-?\d+|[{}()\[\]:!=@$])')


class GraphqlError(ValueError):
    """The question cannot be answered; the message is the server's kind of sentence."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is asked for, or with ``type`` a fragment that concerns objects of that type only.

    The answer names it by ``alias`` where one is given.
    """

    name: str
    arguments: Mapping[str, Any]
    selection: tuple[Field, ...]
    type: str | None = None
    alias: str | None = None

    @property
    def key(self) -> str:
        """How the answer names the field."""
        return self.alias or self.name


def parse(text: str, variables: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the fields of the only query in ``text``, with the values of variables put in."""
    return _Reader(text, variables).query()


class _Reader:
    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self._tokens = _tokens(text)
        self._variables = variables
        self._at = 0

    def query(self) -> tuple[Field, ...]:
        if self._peek() == "query":
            while self._peek() != "{":
                self._next()
        found = self._selection()
        if self._at != len(self._tokens):
            raise GraphqlError("Expected one query")
        return found

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise GraphqlError("Expected more, actual: the end of the question")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        if (found := self._next()) != token:
            raise GraphqlError(f'Expected "{token}", actual: "{found}"')

    def _takes(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _selection(self) -> tuple[Field, ...]:
        self._expect("{")
        found = []
        while not self._takes("}"):
            field, wanted = self._field()
            found += [field] if wanted else []
        return tuple(found)

    def _field(self) -> tuple[Field, bool]:
        if self._takes("..."):
            self._expect("on")
            kind = self._next()
            return Field("", {}, self._selection(), kind), True
        name, alias = self._next(), None
        if self._takes(":"):
            name, alias = self._next(), name
        arguments = self._arguments()
        wanted = True
        while self._takes("@"):
            directive, given = self._next(), self._arguments()
            wanted = wanted and bool(given["if"]) is (directive == "include")
        return Field(name, arguments, self._selection() if self._peek() == "{" else (), alias=alias), wanted

    def _arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._takes("("):
            while not self._takes(")"):
                name = self._next()
                self._expect(":")
                found[name] = self._value()
        return found

    def _value(self) -> Any:
        token = self._next()
        match token:
            case "$":
                return self._variables.get(self._next())
            case "[":
                values = []
                while not self._takes("]"):
                    values.append(self._value())
                return values
            case "true" | "false":
                return token == "true"
            case "null":
                return None
        if token.startswith('"'):
            return token[1:-1]
        return int(token) if token.lstrip("-").isdigit() else token


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise GraphqlError(f"Unexpected character in the question: {stripped[at : at + 10]!r}")
        found.append(match[1])
        at = match.end()
    return found
