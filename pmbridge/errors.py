"""Everything pmbridge raises on purpose, grouped by what the caller should do.

::

    PmbridgeError
    ├── ConfigError                 mend the configuration
    ├── UsageError                  mend the command
    ├── StoreError                  the store cannot be used as it is
    │   ├── StoreLocked             another run holds it: wait
    │   ├── StoreUnavailable        its server cannot be reached: try again later
    │   ├── NothingRead             sync first
    │   ├── StoreCorrupt            restore it or sync anew
    │   └── SchemaMismatch          another version of pmbridge wrote it
    ├── ConnectorError              a tracker did not do what was asked
    │   ├── AuthFailed              stop this source, renew its token
    │   ├── Unavailable             try again later, if it is safe to repeat
    │   │   └── RateLimited         try again when the tracker says so
    │   ├── Ambiguous               a create whose outcome is unknown: observe before deciding
    │   ├── PermissionDenied        skip this surface, say which right is missing
    │   ├── NotFound                skip this target
    │   ├── Rejected                skip this row, show the tracker's own sentence
    │   └── BadAnswer               not the tracker we expect at this address
    └── PlanError                   nothing was written
        ├── BudgetExceeded          look at the plan, then raise the budget
        └── Amnesia                 find out why our own texts are not seen

Every message is one or two plain sentences: what happened, where, and how to mend it.
"""

from __future__ import annotations

from datetime import datetime


class PmbridgeError(Exception):
    """Something went wrong in a way pmbridge can explain."""


class ConfigError(PmbridgeError):
    """The configuration cannot be used."""


class UsageError(PmbridgeError):
    """The command cannot be carried out as it was given."""


class StoreError(PmbridgeError):
    """The store cannot be used."""


class StoreLocked(StoreError):
    """Another run holds the store or the source."""


class StoreUnavailable(StoreError):
    """The server that keeps the store cannot be reached, or went away in the middle."""


class NothingRead(StoreError):
    """The trackers were not read yet, so that nothing can be said."""


class StoreCorrupt(StoreError):
    """The store's file is damaged or is no store of pmbridge."""


class SchemaMismatch(StoreError):
    """The store was written by another version of pmbridge."""


class ConnectorError(PmbridgeError):
    """A tracker did not do what was asked.

    ``source`` is the configured name of the tracker, ``status`` the HTTP status where there was one,
    ``request`` the method and path (never the query, never a header).
    """

    def __init__(self, message: str, *, source: str = "", status: int | None = None, request: str = "") -> None:
        super().__init__(message)
        self.source = source
        self.status = status
        self.request = request


class AuthFailed(ConnectorError):
    """The tracker does not accept the token."""


class Unavailable(ConnectorError):
    """The tracker cannot be reached or cannot answer now."""


class RateLimited(Unavailable):
    """The tracker asks to slow down; ``retry_at`` says until when, if the tracker said so."""

    def __init__(
        self,
        message: str,
        *,
        retry_at: datetime | None = None,
        source: str = "",
        status: int | None = None,
        request: str = "",
    ) -> None:
        super().__init__(message, source=source, status=status, request=request)
        self.retry_at = retry_at


class Ambiguous(ConnectorError):
    """A create was sent and its outcome is unknown."""


class PermissionDenied(ConnectorError):
    """The token lacks a right."""


class NotFound(ConnectorError):
    """The thing does not exist, or the token may not see it."""


class Rejected(ConnectorError):
    """The tracker understood the request and refused it."""


class BadAnswer(ConnectorError):
    """The answer is not what this tracker's interface promises."""


class PlanError(PmbridgeError):
    """A plan cannot be carried out; nothing was written."""


class BudgetExceeded(PlanError):
    """The plan holds more writes than the budget allows."""


class Amnesia(PlanError):
    """The ledger knows of texts we wrote, and none of them is seen."""
