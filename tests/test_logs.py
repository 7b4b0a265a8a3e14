from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator

import pytest
import structlog

from pmbridge.logs import configure, everywhere

SECRET = "s3cr3t-t0ken"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_away_from_a_terminal_a_line_is_a_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    structlog.get_logger("pmbridge.sync").info("page stored", items=3)
    [line] = lines(capsys)
    entry = json.loads(line)
    assert (entry["event"], entry["items"], entry["level"]) == ("page stored", 3, "info")
    assert entry["logger"] == "pmbridge.sync"
    assert entry["timestamp"].endswith("Z")


def test_for_people_a_line_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", json=False)
    structlog.get_logger("pmbridge.sync").info("page stored", items=3)
    [line] = lines(capsys)
    assert "page stored" in line
    assert "items=3" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("as_json", [True, False])
def test_a_secret_is_masked_in_texts_values_and_tracebacks(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    configure("info", [SECRET], json=as_json)
    structlog.get_logger("pmbridge").info(f"token {SECRET}", header=f"Bearer {SECRET}")
    logging.getLogger("pmbridge.transport").info("token %s", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger("pmbridge").exception("failed")
    text = "\n".join(lines(capsys))
    assert SECRET not in text
    assert text.count("***") >= 4
    assert "Traceback" in text


def test_libraries_speak_from_warnings_upward_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    logging.getLogger("somelibrary").debug("header dump")
    logging.getLogger("somelibrary").warning("deprecated")
    logging.getLogger("pmbridge_paper").debug("asked")
    assert [json.loads(line)["event"] for line in lines(capsys)] == ["deprecated", "asked"]


def test_below_the_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    structlog.get_logger("pmbridge").info("quiet")
    logging.getLogger("pmbridge.transport").info("quiet")
    assert lines(capsys) == []


def test_a_second_set_up_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    configure("info")
    structlog.get_logger("pmbridge").info("once")
    assert len(lines(capsys)) == 1


def test_what_stands_everywhere_stands_in_the_lines_of_every_thread_and_library(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pmbridge.logs._EVERYWHERE", {})
    configure("info")
    everywhere(worker="host-1")
    thread = threading.Thread(target=lambda: logging.getLogger("psycopg.pool").warning("slow"))
    thread.start()
    thread.join()
    structlog.get_logger("pmbridge").info("begins")
    assert [json.loads(line)["worker"] for line in lines(capsys)] == ["host-1", "host-1"]
