"""A copy of a store in which nothing names a person, a product or a piece of work."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select

from pmbridge.store import schema
from pmbridge.store.bulk import upsert
from pmbridge.store.database import Store

Row = dict[str, Any]

#: What is not copied: payloads, texts we wrote, results that quote titles, and the state of this installation.
LEFT_OUT = frozenset(
    {
        "raw_payloads",
        "receipts",
        "assessments",
        "certificates",
        "runs",
        "leases",
        "budgets",
        "tests",
        "executions",
        "freezes",
    }
)

#: Fields of changes whose values name something, and what they name. Status, type and priority are how one works.
_NAMING = {
    "assignees": "person",
    "title": "text",
    "description": "text",
    "labels": "label",
    "components": "component",
    "project": "project",
    "parent": "key",
    "milestones": "milestone",
    "affects": "milestone",
}
#: Fields whose values are ids of the tracker, of which only the names say anything.
_BY_ID = frozenset({"milestones", "affects", "parent"})


#: Labels that stand for a field which a tracker lacks: words of the process, as statuses and priorities are.
_PROCESS = ("type::", "resolution::", "severity::", "priority::")


@dataclass
class Pseudonyms:
    """Gives every word a pseudonym of its kind, the same each time; words in ``kept``, in lower case, stay as they are.

    ``same`` brings texts together that count as one title.
    """

    kept: Collection[str] = ()
    same: Callable[[str], str] = str
    _known: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, kind: str, word: str | None) -> str | None:
        """Return the pseudonym of a word."""
        if not word or word.casefold() in self.kept or (kind == "label" and word.casefold().startswith(_PROCESS)):
            return word
        if kind == "project" and "/" in word:
            # A group stays the group of its projects.
            return "/".join(str(self.of(kind, part)) for part in word.split("/"))
        known = self._known[kind]
        return known.setdefault(self.same(word) if kind == "milestone" else word, f"{kind}-{len(known) + 1}")

    def url(self, url: str | None) -> str | None:
        """Return an address that leads nowhere; equal addresses stay equal, so that mirrors still find each other."""
        return url and f"https://tracker.invalid/{self.of('page', url.strip().rstrip('/').casefold())}"


def copy_anonymous(source: Store, target: Store, names: Pseudonyms) -> dict[str, int]:
    """Copy a store into an empty one under pseudonyms, and return the rows of each table that went over."""
    counts = {}
    with source.read() as old, target.write() as new:
        for table in schema.metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                counts[table.name] = _copy(old, new, table, names)
    return counts


def _copy(old: Connection, new: Connection, table: Table, names: Pseudonyms) -> int:
    disguise, columns, count = _DISGUISES.get(table.name, _unchanged), [c.name for c in table.columns], 0
    streamed = old.execute(select(table), execution_options={"yield_per": 2000})
    for rows in streamed.partitions():
        disguised = (disguise(dict(row._mapping), names) for row in rows)
        upsert(new, table, [tuple(row[name] for name in columns) for row in disguised])
        count += len(rows)
    return count


def _unchanged(row: Row, _names: Pseudonyms) -> Row:
    return row


def _source(row: Row, names: Pseudonyms) -> Row:
    return row | {"url": names.url(row["url"]), "mapping": None}


def _placed(row: Row, names: Pseudonyms) -> Row:
    return row | {"project": names.of("project", row["project"])}


def _grave(row: Row, names: Pseudonyms) -> Row:
    return _placed(row, names) | {"key": names.of("key", row["key"])}


def _mark(row: Row, names: Pseudonyms) -> Row:
    return _placed(row, names) | {"cursor": None}


def _item(row: Row, names: Pseudonyms) -> Row:
    body = json.loads(row["body"])
    kinds = {"key": "key", "project": "project", "title": "text", "description": "text", "author": "person"}
    lists = {"assignees": "person", "labels": "label", "components": "component"}
    body |= {name: names.of(kind, body[name]) for name, kind in kinds.items() if name in body}
    body |= {name: [names.of(kind, v) for v in body[name]] for name, kind in lists.items() if name in body}
    body["url"] = names.url(body["url"])
    if "checklist" in body:
        body["checklist"] = [check | {"text": names.of("text", check["text"])} for check in body["checklist"]]
    if "remote_links" in body:
        links = body["remote_links"]
        body["remote_links"] = [link | {"url": names.url(link["url"]), "title": ""} for link in links]
    return row | {"key": body["key"], "project": body["project"], "body": json.dumps(body)}


def _change(row: Row, names: Pseudonyms) -> Row:
    kind = _NAMING.get(row["field"])
    new = {"author": names.of("person", row["author"])}
    if kind is not None:
        ids = () if row["field"] in _BY_ID else ("before", "after")
        new |= {name: names.of(kind, row[name]) for name in ids}
        # The id of a person and their name are one person.
        word = {"before_name": row["before"], "after_name": row["after"]} if kind == "person" else row
        new |= {name: row[name] and names.of(kind, word[name]) for name in ("before_name", "after_name")}
    return row | new


def _interval(row: Row, names: Pseudonyms) -> Row:
    kind = _NAMING.get(row["field"])
    return row if kind is None else row | {"value": names.of(kind, row["value"])}


def _milestone(row: Row, names: Pseudonyms) -> Row:
    body = json.loads(row["body"])
    body |= {"title": names.of("milestone", body["title"]), "project": names.of("project", body["project"])}
    body |= {"description": names.of("text", body.get("description")), "url": names.url(body.get("url"))}
    return row | {"project": body["project"], "body": json.dumps(body)}


def _observation(row: Row, names: Pseudonyms) -> Row:
    return row | {"title": names.of("milestone", row["title"])}


def _worklog(row: Row, names: Pseudonyms) -> Row:
    return row | {"author": names.of("person", row["author"])}


def _deployment(row: Row, names: Pseudonyms) -> Row:
    body = json.loads(row["body"])
    kinds = {"project": "project", "environment": "environment", "ref": "branch", "commit": "commit"}
    body |= {name: names.of(kind, body[name]) for name, kind in kinds.items() if name in body} | {"url": None}
    return row | {"project": body["project"], "body": json.dumps(body)}


def _merge_request(row: Row, names: Pseudonyms) -> Row:
    body = json.loads(row["body"])
    kinds = {"key": "key", "project": "project", "title": "text", "branch": "branch", "author": "person"}
    body |= {name: names.of(kind, body[name]) for name, kind in (kinds | {"commit": "commit"}).items() if name in body}
    body |= {"url": names.url(body["url"]), "reviewers": [names.of("person", one) for one in body.get("reviewers", ())]}
    return row | {"project": body["project"], "body": json.dumps(body)}


def _person(row: Row, names: Pseudonyms) -> Row:
    word = names.of("person", row["id"])
    return row | {"id": word, "name": word, "username": None, "email": None}


_DISGUISES: dict[str, Callable[[Row, Pseudonyms], Row]] = {
    "sources": _source,
    "items": _item,
    "changes": _change,
    "intervals": _interval,
    "milestones": _milestone,
    "milestone_observations": _observation,
    "worklogs": _worklog,
    "people": _person,
    "deployments": _deployment,
    "merge_requests": _merge_request,
    "watermarks": _mark,
    "tombstones": _grave,
    "reconciliations": _placed,
}
