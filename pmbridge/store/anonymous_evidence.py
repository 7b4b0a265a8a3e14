"""Tests and executions under pseudonyms: what they prove stays, what they are called goes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from pmbridge.store.pseudonyms import Pseudonyms
from pmbridge.store.schema import items

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Items:
    """Those of some references that are items: ids by source, keys."""

    ids: frozenset[tuple[str, str]]
    keys: frozenset[str]


def disguise_tests(old: Connection, rows: list[Row], names: Pseudonyms) -> list[Row]:
    """Return rows of tests that cover what the tests covered, by their source's word or by their own."""
    bodies = [json.loads(row["body"]) for row in rows]
    named = [[*body.get("covers", ()), *names.spoken(_words(body))] for body in bodies]
    whole = {_whole(body, word) for body, words in zip(bodies, named, strict=True) for word in words}
    known = _items(old, {body["source"] for body in bodies}, whole | {body["id"] for body in bodies})
    for body, words in zip(bodies, named, strict=True):
        body["covers"] = list(dict.fromkeys(_reference(body, word, known, names) for word in words))
        _disguise_test(body, known, names)
    return [
        row | {"id": body["id"], "project": body.get("project"), "body": json.dumps(body)}
        for row, body in zip(rows, bodies, strict=True)
    ]


def disguise_executions(old: Connection, rows: list[Row], names: Pseudonyms) -> list[Row]:
    """Return rows of executions of the disguised tests."""
    known = _items(old, {row["source"] for row in rows}, {row["test"] for row in rows})
    return [_execution(row, known, names) for row in rows]


def _disguise_test(body: Row, known: _Items, names: Pseudonyms) -> None:
    body["id"] = _test_id(body["source"], body["id"], known, names)
    body["key"] = names.of("key", body["key"])
    body["title"] = names.text(names.case(body["title"]))
    for name, kind in (("project", "project"), ("suite", "suite")):
        if name in body:
            body[name] = names.of(kind, body[name])
    if "url" in body:
        body["url"] = names.url(body["url"])


def _execution(row: Row, known: _Items, names: Pseudonyms) -> Row:
    body = json.loads(row["body"])
    # A build is sometimes told by its commit, so that both are words of one kind.
    kinds = {"id": "run", "version": "milestone", "build": "commit", "commit": "commit", "environment": "environment"}
    body |= {name: names.of(kind, body[name]) for name, kind in kinds.items() if name in body}
    body |= {"test": _test_id(row["source"], row["test"], known, names), "note": None}
    if "executor" in body:
        body["executor"] = names.of("person", body["executor"])
    if "defects" in body:
        body["defects"] = [names.of("key", key) for key in body["defects"]]
    return row | {"id": body["id"], "test": body["test"], "body": json.dumps(body)}


def _test_id(source: str, id_: str, known: _Items, names: Pseudonyms) -> str:
    """Return the id of a test: an item's own is kept, one made of words goes."""
    if (source, id_) in known.ids:
        return id_
    return names.renamed.get((source, id_)) or str(names.of("test", id_))


def _reference(body: Row, word: str, known: _Items, names: Pseudonyms) -> str:
    """Return what a reference to a requirement is called now: an item's id, a key, else a label."""
    if (body["source"], word) in known.ids:
        return word
    for key in (_whole(body, word), word.upper(), word.lower()):
        if key in known.keys:
            return str(names.of("key", key))
    return str(names.of("label", word))


def _whole(body: Row, word: str) -> str:
    return f"{body['project']}{word}" if word.startswith("#") and body.get("project") else word


def _words(body: Row) -> str:
    return f"{body.get('suite') or ''} {body['title']} {body['key']}"


def _items(old: Connection, sources: Iterable[str], words: Collection[str]) -> _Items:
    spelled = sorted({form for word in words for form in (word, word.upper(), word.lower())})
    ids = select(items.c.source, items.c.id).where(items.c.source.in_(sorted(sources)), items.c.id.in_(spelled))
    everywhere = select(items.c.source).distinct()
    keys = select(items.c.key).where(items.c.source.in_(everywhere), items.c.key.in_(spelled))
    return _Items(frozenset((s, i) for s, i in old.execute(ids)), frozenset(old.execute(keys).scalars()))
