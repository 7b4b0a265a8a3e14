"""Throw-away virtualenvs for peers, kept in the user's cache folder and made on request."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from platformdirs import user_cache_path


def python_of(package: str, *beside: str) -> Path:
    """Return the interpreter of a virtualenv that holds a package; it is made the first time.

    ``beside`` are requirements of its age, for a package that does not run with what is newest. Raises
    `subprocess.CalledProcessError` with pip's last words where the package does not install.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = user_cache_path("pmbridge", appauthor=False) / "peers" / f"{package}-{version}"
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
        command = [str(python), "-m", "pip", "install", "--quiet", package, *beside]
        subprocess.run(command, check=True, capture_output=True, text=True)
        ready.touch()
    return python
