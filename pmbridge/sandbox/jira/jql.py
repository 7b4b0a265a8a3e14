"""The part of JQL the sandbox understands: conditions joined by AND, OR and NOT, and ORDER BY."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pmbridge.sandbox.jira.jql_fields import VALUES, project_words
from pmbridge.sandbox.jira.records import Issue
from pmbridge.sandbox.jira.state import JiraSite

Test = Callable[[Issue], bool]
SortKey = Callable[[Issue], tuple[int, ...]]

_TOKEN = re.compile(r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|>=|<=|!=|!~|[=<>~(),]|[^\s=<>~!(),"']+)""")
_RELATIVE = re.compile(r"^([+-]\d+)([mhdw])$")
_SPANS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_ORDERS = {"created", "updated", "key", "id", "issuekey"}


class JqlError(ValueError):
    """The query cannot be understood; the message is Jira's kind of sentence."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; ``bounded`` is false when it restricts nothing."""

    test: Test
    key: SortKey
    bounded: bool


def parse(site: JiraSite, jql: str, zone: str, sees: Callable[[str], bool], *, strict: bool = True) -> Query:
    """Parse a query; quoted instants are read in ``zone``, projects the caller does not see are unknown.

    What does not exist makes a ``strict`` query fail, and is passed over in any other.
    """
    tokens = _tokens(jql)
    parser = _Parser(site, tokens, zone, sees, strict=strict)
    words = [token.lower() for token in tokens]
    bounded = bool(tokens) and words[:2] != ["order", "by"]
    test = parser.alternatives() if bounded else (lambda issue: True)
    key = _sort_key(site, parser.order())
    return Query(test, key, bounded)


def _tokens(jql: str) -> list[str]:
    tokens, position = [], 0
    stripped = jql.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise JqlError(f"Error in the JQL Query: the character '{stripped[position]}' is not expected here.")
        tokens.append(match[1])
        position = match.end()
    return tokens


class _Parser:
    """Reads tokens from left to right into tests."""

    def __init__(
        self, site: JiraSite, tokens: list[str], zone: str, sees: Callable[[str], bool], *, strict: bool
    ) -> None:
        self._strict = strict
        self._site, self._tokens, self._zone, self._sees = site, tokens, ZoneInfo(zone), sees
        self._at = 0

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise JqlError("Error in the JQL Query: the query ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, *words: str) -> bool:
        following = [token.lower() for token in self._tokens[self._at : self._at + len(words)]]
        if following != list(words):
            return False
        self._at += len(words)
        return True

    def alternatives(self) -> Test:
        """Read conditions joined by OR."""
        tests = [self._conjunction()]
        while self._takes("or"):
            tests.append(self._conjunction())
        return tests[0] if len(tests) == 1 else (lambda issue: any(test(issue) for test in tests))

    def _conjunction(self) -> Test:
        tests = [self._condition()]
        while self._takes("and"):
            tests.append(self._condition())
        return tests[0] if len(tests) == 1 else (lambda issue: all(test(issue) for test in tests))

    def _condition(self) -> Test:
        if self._takes("not"):
            negated = self._condition()
            return lambda issue: not negated(issue)
        if self._takes("("):
            inner = self.alternatives()
            self._expect(")")
            return inner
        return self._comparison(_bare(self._next()).lower())

    def _comparison(self, field: str) -> Test:
        if self._takes("is", "not", "empty") or self._takes("is", "not", "null"):
            return self._empty(field, wanted=False)
        if self._takes("is", "empty") or self._takes("is", "null"):
            return self._empty(field, wanted=True)
        if self._takes("not", "in"):
            return self._among(field, self._list(), wanted=False)
        if self._takes("in"):
            return self._among(field, self._list(), wanted=True)
        operator = self._next()
        if operator in ("=", "!="):
            return self._equal(field, self._next(), wanted=operator == "=")
        if operator in (">=", "<=", ">", "<"):
            return self._ordered(field, operator, self._next())
        if operator == "~" and field in ("summary", "text"):
            words = _bare(self._next()).lower()
            return lambda issue: words in issue.summary.lower()
        raise JqlError(f"Error in the JQL Query: the operator '{operator}' is not supported by '{field}'.")

    def _equal(self, field: str, value: str, *, wanted: bool) -> Test:
        if field in ("created", "updated"):
            instant = self._instant(_bare(value))
            return lambda issue: (getattr(issue, field) == instant) is wanted
        if value.lower() == "empty":
            return self._empty(field, wanted=wanted)
        return self._among(field, [value], wanted=wanted)

    def _list(self) -> list[str]:
        self._expect("(")
        values = [self._next()]
        while self._takes(","):
            values.append(self._next())
        self._expect(")")
        return values

    def _expect(self, token: str) -> None:
        if not self._takes(token):
            raise JqlError(f"Error in the JQL Query: expecting '{token}'.")

    def _empty(self, field: str, *, wanted: bool) -> Test:
        values = self._values(field)
        return lambda issue: (not values(issue)) is wanted

    def _among(self, field: str, given: Sequence[str], *, wanted: bool) -> Test:
        values = self._values(field)
        names = {_bare(value).lower() for value in given}
        for name in names if self._strict else ():
            self._must_exist(field, name)
        return lambda issue: (not names.isdisjoint(values(issue))) is wanted

    def _must_exist(self, field: str, name: str) -> None:
        if field == "project":
            seen = (entry for entry in self._site.projects.values() if self._sees(entry.key))
            keys = {word.lower() for entry in seen for word in project_words(entry)}
            if name not in keys:
                raise JqlError(f"The value '{name.upper()}' does not exist for the field 'project'.")
        elif field in ("key", "issuekey", "issue", "id") and not self._visible(name):
            raise JqlError(f"An issue with key '{name.upper()}' does not exist for field '{field}'.")

    def _visible(self, issue: str) -> bool:
        try:
            return self._sees(self._site.issue(issue).project)
        except KeyError:
            return False

    def _values(self, field: str) -> Callable[[Issue], set[str]]:
        if field not in VALUES:
            raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")
        values, site = VALUES[field], self._site
        return lambda issue: {word.lower() for word in values(site, issue)}

    def _ordered(self, field: str, operator: str, value: str) -> Test:
        words = _bare(value)
        if field in ("id", "key", "issuekey"):
            number = self._place(field, words)
            return lambda issue: _compare(int(issue.id), operator, number)
        if field not in ("created", "updated"):
            raise JqlError(f"The operator '{operator}' is not supported by the '{field}' field.")
        instant = self._instant(words)
        return lambda issue: _compare(getattr(issue, field), operator, instant)

    def _place(self, field: str, words: str) -> int:
        """Return the number of an issue's id, given as such or by a key."""
        if words.isdecimal():
            return int(words)
        self._must_exist(field, words)
        return int(self._site.issue(words).id)

    def _instant(self, words: str) -> datetime:
        try:
            return self._relative(words) or datetime.fromtimestamp(int(words) / 1000, UTC)
        except (ValueError, OverflowError):
            return self._written(words)

    def _relative(self, words: str) -> datetime | None:
        relative = _RELATIVE.match(words)
        if relative is None:
            return None
        return self._site.clock.now() + timedelta(**{_SPANS[relative[2]]: int(relative[1])})

    def _written(self, words: str) -> datetime:
        for form in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
            try:
                return datetime.strptime(words, form).replace(tzinfo=self._zone)
            except ValueError:
                continue
        raise JqlError(
            f"Date value '{words}' for field is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def order(self) -> list[tuple[str, int]]:
        """Read ORDER BY and the end of the query."""
        keys: list[tuple[str, int]] = []
        if self._takes("order", "by"):
            keys.append(self._sort())
            while self._takes(","):
                keys.append(self._sort())
        if self._at < len(self._tokens):
            raise JqlError(f"Error in the JQL Query: '{self._tokens[self._at]}' is not expected here.")
        return keys

    def _sort(self) -> tuple[str, int]:
        field = _bare(self._next()).lower()
        if field not in _ORDERS:
            raise JqlError(f"Not able to sort using field '{field}'.")
        descending = self._takes("desc")
        if not descending:
            self._takes("asc")
        return field, -1 if descending else 1


def _bare(token: str) -> str:
    if token[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    return token


def _compare(left: datetime | int, operator: str, right: datetime | int) -> bool:
    match operator:
        case ">=":
            return left >= right  # type: ignore[operator]
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case _:
            return left < right  # type: ignore[operator]


def _sort_key(site: JiraSite, order: Sequence[tuple[str, int]]) -> SortKey:
    """Make a key of whole numbers, so that it can stand in a page token; ties are broken by id, newest first."""
    ranks = {key: rank for rank, key in enumerate(sorted(site.projects))}

    def key(issue: Issue) -> tuple[int, ...]:
        parts: list[int] = []
        for field, sign in order:
            if field in ("created", "updated"):
                parts.append(sign * int(getattr(issue, field).timestamp() * 1000))
            elif field == "id":
                parts.append(sign * int(issue.id))
            else:
                parts += [sign * ranks[issue.project], sign * int(issue.key.rpartition("-")[2])]
        return (*parts, -int(issue.id))

    return key
