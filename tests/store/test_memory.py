"""What goes through a store holds a part of it at a time: in three times the organisation it takes no more memory."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from pmbridge.store import Store, open_store
from tests.postgres import Postgres
from tests.store.memory_works import WORKS, Work, fill

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 4, 12

Address = Callable[[str, int], str]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Address:
    """Give the address of a store of one kind that holds so many projects; it is filled once for all tests."""
    filled: dict[tuple[str, int], str] = {}

    def made(engine: str, projects: int) -> str:
        if engine == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('m')}/{projects}.db"
        else:
            postgres: Postgres = request.getfixturevalue("postgres")
            url = postgres.url(postgres.create()).replace("postgresql://", "postgresql+psycopg://")
        with open_store(url) as store:
            fill(store, projects)
        return url

    def give(engine: str, projects: int) -> str:
        if (engine, projects) not in filled:
            filled[engine, projects] = made(engine, projects)
        return filled[engine, projects]

    return give


def peak(work: Work, store: Store, file: Path) -> int:
    with open_store(f"sqlite:///{file}") as other:
        tracemalloc.start()
        try:
            work(store, other)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.fixture
def peaks(address: Address, tmp_path: Path) -> Callable[[str, str], list[int]]:
    def measured(engine: str, name: str) -> list[int]:
        found = []
        for projects in (FEW, MANY):
            with open_store(address(engine, projects)) as store:
                found.append(peak(WORKS[name], store, tmp_path / f"{projects}.db"))
        return found

    return measured


@pytest.mark.parametrize("name", WORKS)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_three_times_the_organisation_takes_no_more_memory(
    peaks: Callable[[str, str], list[int]], engine: str, name: str
) -> None:
    few, many = peaks(engine, name)
    # Another part may be under way when the collector comes; all the other items would take three times as much.
    assert many - few < 2_500_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the most memory that a process held")
@pytest.mark.parametrize("name", ["checked", "exported", "read", "ingested"])
def test_nor_does_the_driver_of_postgresql_hold_more_outside_of_python(address: Address, name: str) -> None:
    command = [sys.executable, "-m", "tests.store.memory_works", name]
    few, many = (
        int(subprocess.check_output([*command, address("postgresql", projects)], cwd=ROOT)) for projects in (FEW, MANY)
    )
    # The bodies, changes and payloads of the other items would be twelve megabytes.
    assert many - few < 6_000_000
