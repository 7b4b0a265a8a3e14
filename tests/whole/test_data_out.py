"""The store of the demo, handed to others: exported, anonymized, normalized, moved."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from pmbridge.config import load
from pmbridge.jobs.anonymize import anonymize
from pmbridge.jobs.assess import assess_product
from pmbridge.jobs.demo import NOW
from pmbridge.jobs.export.csv_file import write
from pmbridge.jobs.installation import Installation, open_installation
from pmbridge.model import Freeze
from pmbridge.store import open_store, read_history, schema
from pmbridge.store.digests import digests
from pmbridge.store.freezes import save_freeze
from pmbridge.store.star import VIEWS


def test_the_star_is_exported_as_csv_and_parquet(synced, call, tmp_path):
    from pyarrow import parquet

    for form in ("csv", "parquet"):
        answer = call("export", str(tmp_path / form), "--format", form, config=synced.config)
        assert answer.code == 0, answer.err
    for view in VIEWS:
        table = parquet.read_table(tmp_path / "parquet" / f"{view.name}.parquet")
        with (tmp_path / "csv" / f"{view.name}.csv").open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert header == table.column_names == [name for name, _ in view.columns]
        assert len(rows) == table.num_rows
    with open_store(load(synced.config).store) as store, store.read() as conn:
        held = {d.table: d.rows for d in digests(conn)}
    assert parquet.read_table(tmp_path / "parquet" / "fact_change.parquet").num_rows == held["changes"] > 0
    assert parquet.read_table(tmp_path / "parquet" / "fact_membership.parquet").num_rows == held["memberships"] > 0


def test_a_cell_that_begins_like_a_formula_is_text(tmp_path):
    rows = [("=HYPERLINK(1)",), ("+1",), ("-2",), ("@x",), ("\tx",), ("fine - really",), (None,), (-3,)]
    assert write(tmp_path / "x.csv", [("title", "text")], rows) == 8
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as stream:
        cells = [row[0] if row else "" for row in csv.reader(stream)][1:]
    assert cells == ["'=HYPERLINK(1)", "'+1", "'-2", "'@x", "'\tx", "fine - really", "", "-3"]


DECISIONS = """
waivers:
  - milestone: "{title}"
    rule: flaky-share
    reason: Nobody trusts the carousel test anyway
    author: h.lindqvist
    approver: v.rademacher
    approved_at: 2026-11-19T10:00+01:00
    expires: 2026-12-24
    carries_over: true
signoffs:
  - {{milestone: "{title}", rule: runbook, by: v.rademacher, at: 2026-11-19T11:00+01:00, note: Read it aloud}}
"""


def agree(demo, installation):
    """Freeze the milestone in trouble after a week, and decide about its gate."""
    trouble = next(m for m in assess_product(installation, "shop").milestones if m.title == demo.trouble.title)
    agreed = Freeze(milestone=trouble.key, at=NOW - timedelta(days=9), author="Ada Byron", reason="Agreed over lunch")
    with installation.store.write() as conn:
        save_freeze(conn, "shop", agreed)
    demo.decisions.write_text(DECISIONS.format(title=trouble.title), encoding="utf-8")
    return trouble


def test_an_anonymous_store_assesses_alike_and_names_nothing(synced, tmp_path):
    settings = load(synced.config)
    file = tmp_path / "shared.db"
    with open_installation(settings) as installation:
        before = agree(synced, installation)
        after = next(m for m in assess_product(installation, "shop").milestones if m.key == before.key)
        assert after.ledger.baseline_at != before.ledger.baseline_at
        assert gate(after.model_dump(mode="json")["acceptance"]) != gate(before.model_dump(mode="json")["acceptance"])
        made = anonymize(installation.store, settings, file)
        with installation.store.read() as conn:
            words = secrets_of(conn, settings)
        for name in settings.products:
            theirs = assess_product(installation, name)
            called, product = made.products[name]
            quiet = settings.model_copy(update={"products": {called: product}})
            with open_store(f"sqlite:///{file}") as store:
                ours = assess_product(Installation(quiet, store, installation.connectors), called)
            for ours_of, theirs_of in zip(figures(ours), figures(theirs), strict=True):
                assert ours_of == theirs_of
    with open_store(f"sqlite:///{file}") as store, store.read() as conn:
        for table in (schema.items, schema.watermarks, schema.revisions, schema.milestones):
            projects = set(conn.execute(select(table.c.project).distinct()).scalars()) - {""}
            assert projects
            assert all(word.startswith("project-") for name in projects for word in name.split("/"))
    assert made.rows["freezes"] == 1
    assert made.told["HELP"].startswith("project-")
    (decisions,) = made.decisions
    found = (file.read_bytes() + decisions.read_bytes()).decode("utf-8", "replace")
    words |= {"Ada Byron", "over lunch", "carousel", "Read it aloud", "rademacher"}
    assert len(words) > 300
    assert made.rows["tests"] > 0
    assert made.rows["executions"] > 0
    assert [word for word in words if word in found] == []


def secrets_of(conn, settings):
    """Every title, name, key and address of the store, and every longer word of its texts."""
    history = read_history(
        conn, {s: [p] for product in settings.products.values() for s, ps in product.projects.items() for p in ps}
    )
    words = {p.name for p in history.people} | {p.email for p in history.people if p.email}
    words |= {i.title for i in history.items} | {i.key for i in history.items} | {i.url for i in history.items}
    words |= {m.title for m in history.milestones if len(m.title) > 4}
    words |= {t.title for t in history.tests} | {t.id for t in history.tests if ":" in t.id}
    words |= {t.suite for t in history.tests if t.suite} | {e.note for e in history.executions if e.note}
    for row in conn.execute(
        select(schema.changes.c.before_name, schema.changes.c.after_name).where(
            schema.changes.c.field.in_(["title", "assignees"])
        )
    ):
        words |= {name for name in row if name}
    kept = {"status", "Story", "type"}
    return {word for word in words if word and len(word) > 3} - kept


def figures(assessment):
    """The numbers of an assessment, without its words."""
    body = assessment.model_dump(mode="json")
    return [
        {
            "scope": m["scope"],
            "ledger": {name: m["ledger"][name] for name in ("baseline", "added", "removed", "now", "residual")},
            "burnup": m["burnup"],
            "flow": {name: f["value"] for name, f in m["flow"].items() if isinstance(f, dict) and "value" in f},
            "weekly": m["flow"]["weekly"],
            "status": m["health"]["status"],
            "gate": gate(m["acceptance"]),
            "forecast": {name: m["forecast"][name] for name in ("status", "p50", "p85", "p95")},
        }
        for m in sorted(body["milestones"], key=lambda m: json.dumps([m["due"], m["scope"], m["burnup"]]))
    ]


def gate(acceptance):
    """What a gate came to and rests on, without its words."""
    if acceptance is None:
        return None
    proofs = [(r["status"], r["fresh"], r["priority"], len(r["tests"]), r["met"]) for r in acceptance["requirements"]]
    rules = [(r["rule"], r["status"], re.sub(r"person-\d+|v\.rademacher", "X", r["text"])) for r in acceptance["rules"]]
    return acceptance["verdict"], rules, sorted(proofs), len(acceptance["waivers"])


def test_normalizing_with_the_same_mapping_changes_nothing(synced, call):
    store = load(synced.config).store
    with open_store(store) as opened, opened.read() as conn:
        before = digests(conn)
    answer = call("normalize", config=synced.config)
    assert answer.code == 0, answer.err
    assert "derived anew" in answer.out
    with open_store(store) as opened, opened.read() as conn:
        after = digests(conn)
    changed = [a.table for a, b in zip(before, after, strict=True) if a != b]
    assert [name for name in changed if name != "leases"] == []


def test_normalizing_is_all_or_nothing(synced, call, monkeypatch):
    from pmbridge_gitlab import connector

    store = load(synced.config).store
    with open_store(store) as opened, opened.write() as conn:
        conn.execute(schema.intervals.delete())
        before = digests(conn)
    whole, pages = connector.page_of, []

    def breaks(*arguments):
        if pages:
            raise RuntimeError("the second page breaks")
        pages.append(whole(*arguments))
        return pages[0]

    monkeypatch.setattr(connector, "page_of", breaks)
    with pytest.raises(RuntimeError):
        call("normalize", "--source", "gitlab-main", config=synced.config)
    with open_store(store) as opened, opened.read() as conn:
        assert [a.table for a, b in zip(before, digests(conn), strict=True) if a != b] == ["leases"]


def test_a_changed_mapping_is_applied_without_a_request(synced, call):
    text = synced.config.read_text(encoding="utf-8")
    changed = re.sub(r"(connector: jira\n)", r"\1    fields: {story_points: customfield_00000}\n", text)
    assert changed != text
    synced.config.write_text(changed, encoding="utf-8")
    synced.sandbox.stop()
    answer = call("normalize", "--source", "jira-main", config=synced.config)
    assert answer.code == 0, answer.err
    with open_store(load(synced.config).store) as opened, opened.read() as conn:
        bodies = conn.execute(select(schema.items.c.body).where(schema.items.c.source == "jira-main")).scalars()
        assert {json.loads(body).get("points") for body in bodies} == {None}


def test_the_store_commands_work_on_a_real_store(synced, call, tmp_path, postgres_url):
    status = json.loads(call("store", "status", "--format", "json", config=synced.config).out)
    assert status["rows"]["items"] > 0
    assert call("store", "check", config=synced.config).code == 0
    assert call("store", "migrate", config=synced.config).code == 0
    assert call("store", "vacuum", config=synced.config).code == 0
    assert call("store", "prune", config=synced.config).code == 0
    backup = call("store", "backup", str(tmp_path / "b.db"), config=synced.config)
    assert backup.code == 0, backup.err
    moved = call("store", "move", postgres_url, config=synced.config)
    assert moved.code == 0, moved.err
    checked = call("store", "check", config=synced.config)
    table = re.compile(r"^([0-9a-f]{32}) +([\d,]+)  (\w+)$", re.MULTILINE)
    assert table.findall(moved.out) == table.findall(checked.out)
    text = synced.config.read_text(encoding="utf-8")
    synced.config.write_text(re.sub(r"(?m)^store:.*$", f'store: "{postgres_url}"', text), encoding="utf-8")
    assert call("audit", config=synced.config).code == 0
    assert call("store", "check", config=synced.config).code == 0
    erased = call("store", "erase", "jira-main", "nobody", "--yes", config=synced.config)
    assert erased.code == 2


def test_damage_is_a_finding(synced, call):
    path = load(synced.config).store.removeprefix("sqlite:///")
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE items SET key = 'X-1' WHERE rowid = 1")
    conn.close()
    answer = call("store", "check", config=synced.config)
    assert answer.code == 3
    assert "items: 1" in answer.err


def test_runs_are_listed(synced, call):
    assert call("run", "--metrics-file", str(synced.folder / "m.prom"), config=synced.config).code == 0
    assert "pmbridge_lag_seconds" in (synced.folder / "m.prom").read_text(encoding="utf-8")
    (run,) = [json.loads(line) for line in call("runs", "--format", "json", config=synced.config).out.splitlines()]
    assert (run["kind"], run["outcome"]) == ("run", "done")
    assert run["facts"]["requests"] > 0
    assert run["facts"]["certificates"] == ["complete", "complete"]
    assert run["id"] in call("runs", config=synced.config).out
