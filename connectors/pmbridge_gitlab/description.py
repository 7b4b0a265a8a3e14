"""What an issue's description says in a form a program can read: its checklist and its links."""

from __future__ import annotations

import re

from pmbridge.model import Check, RemoteLink

MAX_LINKS = 20
#: The relationship of an address that a text names without saying why.
_MENTIONED = "mentions"

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_TASK = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\][ \t]+(\S.*)$")
_URL = re.compile(r"https?://[^\s<>\"'`\\^{}|\[\]]+", re.IGNORECASE)
_NAMED = re.compile(r"^[\s>*+_-]*([^\W\d_][\w -]{0,40}?)[*_]*:[*_]*\s*[<\[(]?https?://", re.IGNORECASE)


def checklist(text: str) -> tuple[Check, ...]:
    """Return the task list items outside code; those struck out as ``[~]`` do not apply and are left out."""
    return tuple(
        Check(text=found[2].strip(), ticked=found[1] != " ")
        for line in _outside_fences(text)
        if (found := _TASK.match(line))
    )


def _outside_fences(text: str) -> list[str]:
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1].startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
        elif mark:
            fence = mark[1]
        else:
            lines.append(line)
    return lines


def remote_links(text: str) -> tuple[RemoteLink, ...]:
    """Return the web addresses in a text outside of code fences, each once.

    A line such as ``Mirrors: URL`` names the relationship; any other address is only mentioned.
    """
    found: dict[str, str] = {}
    for line in _outside_fences(text):
        named = _NAMED.match(line)
        for position, url in enumerate(filter(_has_host, map(_trimmed, _URL.findall(line)))):
            relationship = named[1].strip() if named and position == 0 else ""
            found[url] = found.get(url) or relationship
    return tuple(RemoteLink(url=url, relationship=word or _MENTIONED) for url, word in list(found.items())[:MAX_LINKS])


def _trimmed(url: str) -> str:
    """Drop the punctuation of the sentence around an address, and a bracket that was opened before it."""
    while url and (url[-1] in ".,;:!?*_~" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def _has_host(url: str) -> bool:
    return bool(url.partition("://")[2].strip("/"))
