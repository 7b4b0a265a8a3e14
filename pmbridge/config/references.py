"""Values that stand elsewhere: in the environment, in a file, in the keyring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from pmbridge.config.problems import KeyPath, Problem

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_PASSWORD = re.compile(r"://[^/@\s:]*:([^@\s/]+)@")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_FILE = 64 * 1024
#: Stands where a token would, for work that sends nothing: no tracker takes it.
ABSENT = "token-not-read"
#: Keys by which an app beside a tracker is entered.
_OF_APPS = frozenset({"token", "client_id", "client_secret"})
#: Keys of an auth section that say who, and are no secret.
_WHO = frozenset({"email", "user", "username", "login"})


class Unresolved(Exception):
    """A reference leads nowhere; the message says why and how to mend it."""


@dataclass(slots=True)
class Resolved:
    """Data with every reference replaced, the secrets among them, and the references that lead nowhere."""

    data: Any = None
    secrets: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def resolve(data: Any, environ: Mapping[str, str], folder: Path, *, tokens: bool = True) -> Resolved:
    """Replace ``${NAME}`` everywhere, and ``file:PATH`` and ``keyring:NAME`` where secrets stand.

    Secrets stand in a source's ``auth`` and in ``store``. A secret that is written out is a problem, and so is a
    reference that leads nowhere; all of them are collected. Relative paths begin at ``folder``. Without ``tokens`` no
    tracker will be asked anything, and what would open one may be wanting.
    """
    walk = _Walk(environ, folder, tokens)
    walk.resolved.data = walk.value(data, ())
    walk.resolved.secrets += [password for _, password in _passwords(walk.resolved.data)]
    return walk.resolved


def holds_secret(path: KeyPath) -> bool:
    """Tell whether the value at a place must come from elsewhere."""
    return len(path) > 2 and path[0] == "sources" and path[2] == "auth" and path[-1] not in _WHO


def _opens_tracker(path: KeyPath) -> bool:
    """Tell whether a value is only there for talking to a tracker, or to an app beside it."""
    return len(path) > 2 and path[0] == "sources" and (path[2] == "auth" or path[-1] in _OF_APPS)


class _Walk:
    def __init__(self, environ: Mapping[str, str], folder: Path, tokens: bool) -> None:
        self.resolved = Resolved()
        self._environ, self._folder, self._tokens = environ, folder, tokens

    def value(self, value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: self.value(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, (*path, place)) for place, inner in enumerate(value)]
        if value is None or isinstance(value, bool):
            return value
        return self._leaf(value, path)

    def _leaf(self, value: Any, path: KeyPath) -> Any:
        if holds_secret(path) and not _is_reference(value):
            self._problem(path, _literal(path))
            return None
        if not isinstance(value, str):
            return value
        try:
            return self._text(value, path)
        except Unresolved as error:
            if not self._tokens and _opens_tracker(path):
                return ABSENT
            self._problem(path, str(error))
            return None

    def _text(self, value: str, path: KeyPath) -> str:
        secret = holds_secret(path)
        if secret or path == ("store",):
            kind, _, place = value.partition(":")
            if kind in ("file", "keyring"):
                found = _from_file(place, self._folder) if kind == "file" else _from_keyring(place)
                self.resolved.secrets += [found] if secret else []
                return found
        return _REFERENCE.sub(lambda found: self._from_environment(found[1], secret), value)

    def _from_environment(self, name: str, secret: bool) -> str:
        if not _NAME.fullmatch(name):
            raise Unresolved(f"${{{name}}} is no name of a variable: use letters, digits and underscores")
        found = self._environ.get(name, "").strip()
        if not found:
            state = "is empty" if name in self._environ else "is not set"
            raise Unresolved(f"the environment variable {name} {state}: set it and run again")
        if secret:
            self.resolved.secrets.append(found)
        return found

    def _problem(self, path: KeyPath, text: str) -> None:
        self.resolved.problems.append(Problem(path, text))


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and (value.startswith(("file:", "keyring:")) or _REFERENCE.search(value) is not None)


def _literal(path: KeyPath) -> str:
    words = [str(part) for part in (path[1], *(path[3:] or ("token",)))]
    name = re.sub(r"\W+", "_", "_".join(words)).upper()
    return f"a secret must not stand in this file: write ${{{name}}} and put it into the environment"


def _from_file(place: str, folder: Path) -> str:
    file = folder / Path(place).expanduser()
    try:
        if file.stat().st_size > _LONGEST_FILE:
            raise Unresolved(f"the file {place} is too large to be a secret: check the path")
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise Unresolved(f"the file {place} cannot be read ({reason}): check the path and its rights") from None
    if not found:
        raise Unresolved(f"the file {place} is empty: write the secret into it")
    return found


def _from_keyring(name: str) -> str:
    try:
        keyring = import_module("keyring")
        failed = import_module("keyring.errors").KeyringError
    except ImportError:
        raise Unresolved("the keyring is not installed: pip install 'pmbridge[keyring]'") from None
    try:
        found = keyring.get_password("pmbridge", name)
    except failed:
        raise Unresolved("the keyring cannot be opened: unlock it, or use ${NAME} or file:PATH") from None
    if not found:
        raise Unresolved(f"the keyring has no {name!r}: store it with `keyring set pmbridge {name}`")
    return str(found)


def literal_passwords(data: Any) -> Iterator[Problem]:
    """Find passwords that are written out within addresses: of the store and of the sources."""
    for path, password in _passwords(data):
        if not password.startswith("${"):
            yield Problem(path, "a password must not stand in this file: write ${NAME} in its place")


def _passwords(data: Any) -> Iterator[tuple[KeyPath, str]]:
    if not isinstance(data, dict):
        return
    places: list[tuple[KeyPath, Any]] = [(("store",), data.get("store"))]
    sources = data.get("sources")
    for name, section in sources.items() if isinstance(sources, dict) else ():
        places.append((("sources", name, "url"), section.get("url") if isinstance(section, dict) else None))
    for path, address in places:
        if isinstance(address, str) and (found := _PASSWORD.search(address)):
            yield path, found[1]
