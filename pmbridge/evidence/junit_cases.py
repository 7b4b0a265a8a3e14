"""One test case of a JUnit report, as its many dialects write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pmbridge.model import ExecutionStatus

#: Child elements of a case and what they say of it; the worst one counts.
_FAILED = frozenset({"failure", "error", "rerunFailure", "rerunError"})
_RETRIED = frozenset({"flakyFailure", "flakyError"})
_SKIPPED = frozenset({"skipped", "skip", "ignored", "disabled"})
OUTCOMES = _FAILED | _RETRIED | _SKIPPED

_WORDS = {
    **dict.fromkeys(("", "run", "ran", "pass", "passed", "success", "successful", "ok", "completed"), "pass"),
    **dict.fromkeys(("fail", "failed", "failure", "error", "errored", "broken", "ko"), "fail"),
    **dict.fromkeys(("skip", "skipped", "notrun", "not run", "disabled", "ignored", "pending"), "skipped"),
    **dict.fromkeys(("suppressed", "inconclusive", "notexecuted", "untested"), "skipped"),
    **dict.fromkeys(("blocked",), "blocked"),
    **dict.fromkeys(("aborted", "timeout", "cancelled"), "aborted"),
}
_ORDER = ("fail", "aborted", "blocked", "skipped", "unknown", "pass")


@dataclass(slots=True)
class Case:
    """What was read of a case so far."""

    attributes: Mapping[str, str]
    children: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    message: str | None = None

    @property
    def name(self) -> str:
        """Its name; some dialects know a class only."""
        return _first(self.attributes, "name", "testname", "id") or ""

    @property
    def classname(self) -> str:
        """The class or file it stands in."""
        return _first(self.attributes, "classname", "class", "file") or ""

    @property
    def status(self) -> ExecutionStatus:
        """How it ended: by its children, else by the words some dialects put into attributes."""
        words = [_word(self.attributes.get(key)) for key in ("status", "result") if key in self.attributes]
        words += ["fail"] if self.attributes.get("success", "").casefold() == "false" else []
        words += ["fail" for child in self.children if child in _FAILED]
        words += ["skipped" for child in self.children if child in _SKIPPED]
        return ExecutionStatus(min(words, key=_ORDER.index, default="pass"))

    @property
    def retried(self) -> bool:
        """Whether it passed only when it was repeated."""
        return self.status is ExecutionStatus.PASS and any(child in _RETRIED for child in self.children)


def _word(value: str | None) -> str:
    return _WORDS.get((value or "").strip().casefold(), "unknown")


def _first(attributes: Mapping[str, str], *names: str) -> str | None:
    return next((attributes[name].strip() for name in names if attributes.get(name, "").strip()), None)
