"""One line of the report of a source that is looked over."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pmbridge.model import Frozen

#: Clocks that differ by more could date a report wrongly.
MAX_SKEW = timedelta(minutes=1)


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


def compared_clocks(ahead: timedelta) -> CheckResult:
    """Report how far a tracker's clock is ahead of this machine's; reading goes by the tracker's."""
    if abs(ahead) <= MAX_SKEW:
        text = "the server's clock agrees with this machine's"
        return CheckResult(name="clock", status=CheckStatus.OK, text=text)
    apart = abs(ahead)
    far = f"{apart.days} days" if apart >= timedelta(days=2) else f"{apart.total_seconds():.0f} s"
    text = f"the server's clock is {far} {'ahead of' if ahead > timedelta() else 'behind'} this machine's"
    return CheckResult(name="clock", status=CheckStatus.WARNING, text=text, remedy="let both machines keep time by NTP")
