"""Where the configuration file is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs

from pmbridge.errors import ConfigError

FILE_NAME = "config.yaml"
VARIABLE = "PMBRIDGE_CONFIG"


def find(named: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the file to read: the one named, that of ``$PMBRIDGE_CONFIG``, ``./config.yaml``, or the user's own.

    A file that was named must exist; raises `ConfigError` that says where it looked.
    """
    if named is not None:
        return _existing(named, "--config")
    if variable := environ.get(VARIABLE):
        return _existing(Path(variable).expanduser(), f"${VARIABLE}")
    places = (Path(FILE_NAME), platformdirs.user_config_path("pmbridge") / FILE_NAME)
    for place in places:
        if place.is_file():
            return place
    looked = " and ".join(str(place if place.is_absolute() else Path.cwd() / place) for place in places)
    raise ConfigError(
        f"there is no configuration: looked for {looked}. "
        f"Run `pmbridge init` to write one, or name one with --config or ${VARIABLE}."
    )


def _existing(file: Path, origin: str) -> Path:
    if file.is_file():
        return file
    state = "is a folder, not a file" if file.is_dir() else "does not exist"
    raise ConfigError(f"{file}, named by {origin}, {state}. Name another, or run `pmbridge init` to write one.")
