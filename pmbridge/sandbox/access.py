"""The tokens of the sandbox trackers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the account ``user``.

    ``write`` allows writes, ``admin`` allows what needs project administration, ``projects`` limits what is visible
    (Jira keys, GitLab paths; ``None`` shows all). The secret never shows in a representation.
    """

    secret: str = field(repr=False)
    user: str
    write: bool = True
    admin: bool = True
    projects: frozenset[str] | None = None

    def sees(self, project: str) -> bool:
        """Tell whether the token's account may see a project."""
        return self.projects is None or project in self.projects


class Tokens:
    """The tokens a tracker accepts."""

    def __init__(self) -> None:
        self._by_secret: dict[str, Token] = {}

    def add(self, token: Token) -> Token:
        """Accept ``token`` from now on."""
        self._by_secret[token.secret] = token
        return token

    def revoke(self, secret: str) -> None:
        """Refuse the token from now on, as an expired one."""
        self._by_secret.pop(secret, None)

    def find(self, secret: str) -> Token | None:
        """Return the token with this secret, if it is accepted."""
        return self._by_secret.get(secret)
