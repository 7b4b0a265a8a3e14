"""A copy of a store in which nothing names a person, a product or a piece of work."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, select

from pmbridge.model import FORMER_USER, text_id
from pmbridge.store import schema
from pmbridge.store.anonymous_evidence import disguise_executions, disguise_tests
from pmbridge.store.bulk import upsert
from pmbridge.store.database import Store
from pmbridge.store.pseudonyms import Pseudonyms

Row = dict[str, Any]

#: What is not copied: payloads, texts we wrote, results that quote titles, and the state of this installation.
LEFT_OUT = frozenset(
    {
        "raw_payloads",
        "receipts",
        "assessments",
        "runs",
        "leases",
        "budgets",
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


def copy_anonymous(source: Store, target: Store, names: Pseudonyms) -> dict[str, int]:
    """Copy a store into an empty one under pseudonyms, and return the rows of each table that went over."""
    counts = {}
    with source.read() as old, target.write() as new:
        for table in _in_order():
            counts[table.name] = _copy(old, new, table, names)
    return counts


def account_ids(conn: Connection, words: Collection[str]) -> dict[tuple[str, str], str]:
    """Return the ids of the accounts that some words name, by source and word: id, user name, address or shown name."""
    people = schema.people.c
    found: dict[tuple[str, str], str] = {}
    for column in (people.name, people.email, people.username, people.id):
        chosen = select(people.source, column, people.id).where(column.in_(sorted(words)))
        found |= {(source, word): id_ for source, word, id_ in conn.execute(chosen)}
    return found


def milestone_titles(conn: Connection) -> list[str]:
    """Return the titles of all milestones, each once."""
    bodies = conn.execute(select(schema.milestones.c.body)).scalars()
    return sorted({json.loads(body)["title"] for body in bodies})


def _in_order() -> list[Table]:
    """Return the tables to be copied: items first, since they say what the boxes of their texts are called now."""
    copied = [table for table in schema.metadata.sorted_tables if table.name not in LEFT_OUT]
    return sorted(copied, key=lambda table: table is not schema.items)


def _copy(old: Connection, new: Connection, table: Table, names: Pseudonyms) -> int:
    together, columns, count = _TOGETHER.get(table.name), [c.name for c in table.columns], 0
    disguise = together or partial(_one_by_one, _DISGUISES.get(table.name, _unchanged))
    streamed = old.execute(select(table), execution_options={"yield_per": 2000})
    for rows in streamed.partitions():
        disguised = disguise(old, [dict(row._mapping) for row in rows], names)
        upsert(new, table, [tuple(row[name] for name in columns) for row in disguised])
        count += len(rows)
    return count


def _one_by_one(
    disguise: Callable[[Row, Pseudonyms], Row], _old: Connection, rows: list[Row], names: Pseudonyms
) -> list[Row]:
    return [disguise(row, names) for row in rows]


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
    kinds = {"key": "key", "project": "project", "title": "text", "author": "person"}
    lists = {"assignees": "person", "labels": "label", "components": "component"}
    body |= {name: names.of(kind, body[name]) for name, kind in kinds.items() if name in body}
    body |= {name: [names.of(kind, v) for v in body[name]] for name, kind in lists.items() if name in body}
    body["url"] = names.url(body["url"])
    if "also_at" in body:
        body["also_at"] = [names.url(url) for url in body["also_at"]]
    if body.get("description"):
        body["description"] = _description(row, body["description"], names)
    if "checklist" in body:
        body["checklist"] = [check | {"text": names.of("text", check["text"])} for check in body["checklist"]]
    if "remote_links" in body:
        links = body["remote_links"]
        body["remote_links"] = [link | {"url": names.url(link["url"]), "title": ""} for link in links]
    return row | {"key": body["key"], "project": body["project"], "body": json.dumps(body)}


def _description(row: Row, text: str, names: Pseudonyms) -> str:
    """Leave of a text what assessments read in it, and note what the tests that stand in it are called now."""
    written, replaced = names.outline(text)
    for old, new in replaced.items():
        names.renamed[row["source"], text_id(row["id"], old)] = text_id(row["id"], new)
    return written


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


def _freeze(row: Row, names: Pseudonyms) -> Row:
    """Keep what was agreed on and when; who agreed is as good as anybody."""
    new = {name: names.of("person", row[name]) for name in ("author", "approver")}
    new |= {"product": names.of("product", row["product"]), "reason": names.of("text", row["reason"])}
    return row | new | {"milestone": names.keys.get(row["milestone"]) or names.of("milestone", row["milestone"])}


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


def _comment(row: Row, names: Pseudonyms) -> Row:
    """Keep who answered and when; what was said is nobody's but theirs."""
    body = json.loads(row["body"])
    body |= {"author": names.of("person", body.get("author")), "text": "", "url": names.url(body["url"])}
    return row | {"body": json.dumps(body)}


def _certificate(row: Row, names: Pseudonyms) -> Row:
    """Keep what a run came to and how much it held; its sentences speak of items."""
    body = json.loads(row["body"])
    kept = {name: value for name, value in body.items() if name not in ("gaps", "notes")}
    kept["projects"] = [names.of("project", one) for one in body.get("projects", ())]
    kept["counts"] = [one | {"project": names.of("project", one["project"])} for one in body.get("counts", ())]
    return row | {"project": names.of("project", row["project"]), "body": json.dumps(kept)}


def _person(row: Row, names: Pseudonyms) -> Row:
    word, mail = names.of("person", row["id"]), row["email"]
    shown = FORMER_USER if row["name"] == FORMER_USER else word
    # Equal addresses stay equal, so that one person over several trackers stays one.
    email = mail and f"{names.of('address', mail.strip().casefold())}@tracker.invalid"
    return row | {"id": word, "name": shown, "username": None, "email": email}


_DISGUISES: dict[str, Callable[[Row, Pseudonyms], Row]] = {
    "sources": _source,
    "items": _item,
    "changes": _change,
    "intervals": _interval,
    "milestones": _milestone,
    "milestone_observations": _observation,
    "worklogs": _worklog,
    "comments": _comment,
    "certificates": _certificate,
    "people": _person,
    "deployments": _deployment,
    "merge_requests": _merge_request,
    "watermarks": _mark,
    "tombstones": _grave,
    "reconciliations": _placed,
    "revisions": _placed,
    "freezes": _freeze,
}

#: Tables whose rows are disguised by the hundred, since other tables have to be asked about them.
_TOGETHER: dict[str, Callable[[Connection, list[Row], Pseudonyms], list[Row]]] = {
    "tests": disguise_tests,
    "executions": disguise_executions,
}
