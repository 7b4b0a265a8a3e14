"""Masking of secrets in any text that leaves the program."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
#: A shorter secret would mask ordinary words; no tracker issues one.
_SHORTEST = 4
#: Credentials whose value we were not told: headers, query parameters, addresses with a password in them.
_GENERIC = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|token)\s+)?)[^\s\"',;}]+",
        r"\b((?:basic|bearer)\s+)[a-z0-9+/._~-]{12,}=*",
        r"\b((?:private|job|access|refresh|deploy)[-_]token[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;}]+",
        r"\b(set-cookie[\"']?\s*[:=]\s*[\"']?[^=\s:;]{1,100}=)[^\s;\"']+",
        r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+(?=@)",
    )
)


class Redactor:
    """Mask secrets in texts: as they are, escaped for JSON or an address, and within base64.

    A secret inside a longer base64 text (``user:secret``) is found at any offset. Credentials in well-known places
    are masked even when nobody named them. The object never shows what it knows.
    """

    __slots__ = ("_known",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(ordered)) if ordered else None

    def __call__(self, text: str) -> str:
        """Return the text with every secret, and what looks like one, replaced by three asterisks."""
        text = self.known(text)
        for pattern in _GENERIC:
            text = pattern.sub(rf"\g<1>{MASK}", text)
        return text

    def known(self, text: str) -> str:
        """Mask the secrets we were told and nothing else, for texts that are data."""
        return text if self._known is None else self._known.sub(MASK, text)

    def __repr__(self) -> str:
        return "Redactor(...)"


def _forms(secret: str) -> Iterator[str]:
    plain = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    yield from (re.escape(form) for form in plain)
    raw = secret.encode()
    yield from (form for offset in range(3) if (form := _within_base64(raw, offset)))


def _within_base64(raw: bytes, offset: int) -> str | None:
    """Return a pattern for base64 texts that hold the secret ``offset`` bytes after a group of three."""
    encoded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
    whole = (offset + len(raw)) * 8 // 6
    core = encoded[-(-offset * 8 // 6) : whole]
    if len(core) < _SHORTEST:
        return None
    url_safe = core.replace("+", "-").replace("/", "_")
    # Beginning at the edge of a word keeps the search linear in long texts.
    return rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]*(?:{re.escape(core)}|{re.escape(url_safe)})[A-Za-z0-9+/_-]*=*"
