"""One line of the report of a source that is looked over."""

from __future__ import annotations

from enum import StrEnum

from pmbridge.model import Frozen


class CheckStatus(StrEnum):
    """The outcome of one check of the doctor."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class CheckResult(Frozen):
    """One line of the doctor's report: what was looked at, what was found, what to do about it."""

    name: str
    status: CheckStatus
    text: str
    remedy: str | None = None
