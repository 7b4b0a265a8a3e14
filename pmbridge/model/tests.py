"""Tests of acceptance and their executions, in one vocabulary for every place that evidence comes from."""

from __future__ import annotations

import re
from enum import StrEnum
from hashlib import blake2b
from typing import ClassVar

from pmbridge.model.refs import Frozen, Instant


class ExecutionStatus(StrEnum):
    """How one execution of a test ended, or that it has not."""

    PASS = "pass"
    FAIL = "fail"
    BLOCKED = "blocked"
    ABORTED = "aborted"
    EXECUTING = "executing"
    TODO = "todo"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """The kind of place a test and its executions were found in."""

    TEST_ISSUE = "test issue"
    LABEL = "label"
    CHECKLIST = "checklist"
    SCENARIO = "scenario"
    PIPELINE = "pipeline"
    JUNIT = "junit"
    TEST_CASE = "test case"
    REQUIREMENT = "requirement report"
    XRAY = "xray"
    ZEPHYR = "zephyr"


class TestCase(Frozen):
    """A test: what would have to be seen to call a requirement met.

    ``id`` is the source's own where it has one, else made from suite, class and name, so that a renamed test is another
    test. ``covers`` are the requirements as the source names them: ids or keys of items; names may say more (see the
    patterns of the configuration). ``changed_at`` is when its text last changed, ``retired_at``
    when it went away, where that is known.
    """

    __test__: ClassVar[bool] = False

    source: str
    id: str
    key: str
    title: str
    origin: Origin
    project: str | None = None
    suite: str | None = None
    url: str | None = None
    covers: tuple[str, ...] = ()
    created_at: Instant | None = None
    changed_at: Instant | None = None
    retired_at: Instant | None = None


class Execution(Frozen):
    """One run of a test; ``at`` is when it ended, or when it was last touched if it has not.

    ``version``, ``build``, ``commit`` and ``environment`` are ``None`` where the source does not say. ``retried`` is
    true where the run failed first and passed when it was repeated. ``defects`` are keys of items, ``plans`` those of
    the test plans it was made for.
    """

    source: str
    id: str
    test: str
    status: ExecutionStatus
    at: Instant
    version: str | None = None
    build: str | None = None
    commit: str | None = None
    environment: str | None = None
    executor: str | None = None
    defects: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    retried: bool = False
    note: str | None = None


_NO_WORD = re.compile(r"[^a-z0-9]+")


def text_id(item: str, text: str) -> str:
    """Name a box or scenario in an item's description by its words, so that another text is another test."""
    words = " ".join(text.split())
    slug = _NO_WORD.sub("-", words.casefold()).strip("-")[:40]
    return f"{item}:{slug}-{blake2b(words.encode(), digest_size=5).hexdigest()}"
