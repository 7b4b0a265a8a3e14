"""Writing that is killed hard after every single write ends with exactly one text at every place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"<!-- pmbridge(?::begin)? (?:v=1 )?owner=demo slot=(\S+)")


def planned(demo, call):
    steps = json.loads(call("plan", "--format", "json", config=demo.config).out)["steps"]
    return Counter(step["action"] for step in steps)


def texts(demo):
    """Count our texts by the place they stand at, in both trackers, as anybody can see them."""
    jira, gitlab = demo.sandbox.jira.site, demo.sandbox.gitlab.site
    yield from (f"comment {c.issue}" for c in jira.comments.values() if "pmbridge" in c.properties)
    yield from (
        f"version {v.id}" for v in jira.versions.values() for _ in re.findall(r"\[pmbridge\]", v.description or "")
    )
    yield from (f"milestone {m.id} {s}" for m in gitlab.milestones.values() for s in MARK.findall(m.description or ""))
    yield from (f"issue {i.id} {s}" for i in gitlab.issues.values() for n in i.notes for s in MARK.findall(n.body))


@pytest.mark.parametrize("death", ["unrecorded", "recorded"])
def test_one_text_a_place_however_often_writing_is_killed(synced, call, death):
    creates = planned(synced, call)["CREATE"]
    command = [sys.executable, "-m", "tests.whole.crashing", str(synced.config), death]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == creates > 5, "one death a write, and none was written twice"
    assert synced.writes() == creates
    found = Counter(texts(synced))
    assert set(found.values()) == {1}
    assert len(found) == creates
    assert set(planned(synced, call)) <= {"KEEP", "SKIP"}
    assert call("run", config=synced.config).code == 0
    assert synced.writes() == creates
