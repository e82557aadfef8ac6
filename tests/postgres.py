"""A PostgreSQL server of the tests' own: made in a temporary folder, reached on this machine only, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "Geheim-7f3a9c"
"""Of every role; looked for in all that is written anywhere."""
LONGEST_S = 900
"""The server ends by itself after this long, whatever happens to the tests."""


def programs() -> Path:
    """The folder of the newest PostgreSQL that has PostGIS, or a skip that says what to install."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    usable = [path.parent for path in found if _extension(path.parts[-3]).exists()]
    if not usable:
        pytest.skip("no PostgreSQL with PostGIS on this machine (Debian: apt-get install postgresql postgis)")
    return usable[-1]


def _extension(version: str) -> Path:
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control")


class Server:
    """One server with a template database that has PostGIS; `database()` makes a fresh copy."""

    def __init__(self) -> None:
        self.bin, self.made = programs(), 0
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.account: dict[str, Any] = {}
        if os.geteuid() == 0:  # the superuser may not run it
            import pwd

            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._make()
        self._start()

    def _make(self) -> None:
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        command = [
            self.bin / "initdb", "-D", self.folder / "data", "-U", "admin", f"--pwfile={secret}", "--no-sync",
            "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8",
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=self.folder, **self.account)

    def _start(self) -> None:
        settings = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "fsync": "off",
            "full_page_writes": "off", "synchronous_commit": "off", "max_connections": 20, "jit": "off",
        }  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        command = ["timeout", "-k", "5", str(LONGEST_S), self.bin / "postgres", "-D", self.folder / "data", *options]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self.account)
        until = time.monotonic() + 30
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)
        self.run("postgres", "CREATE DATABASE with_postgis")
        self.run("with_postgis", "CREATE EXTENSION postgis")

    def _answers(self) -> bool:
        import psycopg

        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str, user: str = "admin") -> Any:
        """A connection of the test's own."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=user, password=PASSWORD, autocommit=True
        )

    def run(self, database: str, *statements: str) -> list[Any]:
        """Statements one by one; the rows of the last."""
        with self.connect(database) as connection:
            for statement in statements:
                answer = connection.execute(statement)
            return answer.fetchall() if answer.description else []

    def database(self, template: str = "with_postgis") -> str:
        """The name of a new database."""
        self.made += 1
        self.run("postgres", f"CREATE DATABASE d{self.made} TEMPLATE {template} STRATEGY file_copy")
        return f"d{self.made}"

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Database:
    """One fresh database: its address, and SQL as its administrator."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name

    def url(self, query: str = "", *, user: str = "admin") -> str:
        """The address, without the password."""
        return f"postgresql://{user}@127.0.0.1:{self.server.port}/{self.name}{query}"

    def run(self, *statements: str) -> list[Any]:
        """Statements one by one; the rows of the last."""
        return self.server.run(self.name, *statements)
