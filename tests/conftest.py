"""The toy city on disk, the command line as a function, and a cache of this run's own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from postgres import PASSWORD, Database, Server
from replay import Replay, serving

from kunshan_gis import toy
from kunshan_gis.export import write_area
from kunshan_gis.model import StudyArea


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep nothing on the machine."""
    patch = pytest.MonkeyPatch()
    patch.setenv("KUNSHAN_GIS_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def _commands() -> Iterator[None]:
    """The commands are put together once, as in a process of its own, and not at every call."""
    import typer.main

    patch = pytest.MonkeyPatch()
    patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
    yield
    patch.undo()


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], _commands: None) -> Callable[..., Ran]:
    """`kunshan-gis …` through its real entry point, in this process."""

    def run(*arguments: object) -> Ran:
        from kunshan_gis.cli import main

        monkeypatch.setattr(sys, "argv", ["kunshan-gis", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture(scope="session")
def _toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "toy"
    _write(toy.city(), folder)
    return folder


def _write(area: StudyArea, folder: Path, without: Iterable[str] = ()) -> None:
    layers = [(layer.info, layer.table) for layer in area.layers.values() if layer.info.kind not in without]
    write_area(folder, area.info, layers)


@pytest.fixture
def write_toy(tmp_path: Path, _toy_folder: Path) -> Callable[..., Path]:
    """The toy city as a folder of files; `without` kinds, or with the tables of another study area."""

    def write(area: StudyArea | None = None, *, without: Iterable[str] = (), name: str = "toy") -> Path:
        if area is None and not without:
            return shutil.copytree(_toy_folder, tmp_path / name)
        _write(area or toy.city(), tmp_path / name, without)
        return tmp_path / name

    return write


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One PostgreSQL with PostGIS for all tests; skipped where neither is installed."""
    pytest.importorskip("psycopg", reason="the extra postgis is not installed")
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def database(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A fresh database with PostGIS; the password is where a planner keeps it."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    return Database(postgres_server, postgres_server.database())


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """A server on 127.0.0.1 that answers like Overpass and Nominatim, and fails as told."""
    with serving(monkeypatch) as server:
        yield server
