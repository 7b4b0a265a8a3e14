from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path for top in ("pmbridge", "connectors") for path in (ROOT / top).rglob("*.py"))
DRAWERS = {"utils", "util", "helpers", "common", "base", "manager", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_opens_with_one_sentence_and_stays_small(path):
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, f"{path} has no first sentence"
    assert docstring.split("\n\n")[0].rstrip().endswith((".", ":")), f"{path} does not open with a sentence"
    assert text.count("\n") <= 350, f"{path} is longer than 350 lines: redesign it"
    assert path.stem not in DRAWERS


def test_importing_the_package_and_the_connectors_loads_no_heavy_library():
    program = (
        "import sys, pmbridge, pmbridge.connector, pmbridge_jira, pmbridge_gitlab\n"
        "heavy = {'jira', 'gitlab', 'numpy', 'scipy', 'sqlalchemy', 'alembic', 'werkzeug', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
