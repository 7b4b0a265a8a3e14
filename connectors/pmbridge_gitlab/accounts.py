"""Which of GitLab's accounts are nobody: bots of tokens and of GitLab itself, and what is left of deleted users."""

from __future__ import annotations

import re

from pmbridge_gitlab.rows import Row

#: The account in whose name GitLab files what customers mail to a service desk.
SUPPORT_BOT = "support-bot"

_OWN_BOTS = frozenset(
    {
        SUPPORT_BOT,
        "alert-bot",
        "gitlab-admin-bot",
        "gitlab-automation-bot",
        "gitlab-security-bot",
        "gitlab-security-policy-bot",
        "migration-bot",
        "visual-review-bot",
        "gitlabduo",
    }
)
#: Access tokens of projects and groups act through accounts of their own, and so do service accounts.
_TOKEN_BOT = re.compile(r"(?:project|group)_\d+_bot(?:\d+|_\w*)?|service_account_(?:group_\d+_)?\w+")
_GHOST = re.compile(r"ghost\d*")
#: Stands for the author of imported work until somebody says who that is.
_PLACEHOLDER = re.compile(r".+_placeholder_user_\w+")


def is_bot(user: Row) -> bool:
    """Tell whether a program acts through an account."""
    username = str(user.get("username") or "").casefold()
    return bool(user.get("bot")) or username in _OWN_BOTS or _TOKEN_BOT.fullmatch(username) is not None


def is_former(user: Row) -> bool:
    """Tell whether an account stands for users that are gone, or that nobody has named yet."""
    username = str(user.get("username") or "").casefold()
    # Anybody may register a name such as ghost7; only the real one also has the name that GitLab gives it.
    ghost = _GHOST.fullmatch(username) is not None and user.get("name") == "Ghost User"
    return ghost or _PLACEHOLDER.fullmatch(username) is not None
