"""Which of Jira's accounts are nobody: apps, and what is left of users that were deleted or made anonymous."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: What a record that was damaged when its user was deleted has for an id.
_UNKNOWN = "unknown"
#: What Data Center calls somebody who was made anonymous: by user name, and as a shown name.
_ANONYMOUS = re.compile(r"jirauser\d+", re.IGNORECASE), re.compile(r"user-[0-9a-f]+")


def is_bot(user: Mapping[str, Any]) -> bool:
    """Tell whether an app acts through an account; before Cloud named them, their user names began with addon_."""
    return user.get("accountType") == "app" or str(user.get("name") or "").startswith("addon_")


def is_former(user: Mapping[str, Any]) -> bool:
    """Tell whether an account's user was deleted or made anonymous; one that is only inactive is still somebody."""
    shown, username = str(user.get("displayName") or ""), str(user.get("name") or "")
    # "Former user" is also a name that anybody could take, but not together with an inactive account without address.
    deleted = shown.casefold() == "former user" and not user.get("active") and not user.get("emailAddress")
    hidden = _ANONYMOUS[0].fullmatch(username) is not None and _ANONYMOUS[1].fullmatch(shown) is not None
    return user.get("accountId") == _UNKNOWN or deleted or hidden
