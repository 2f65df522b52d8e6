"""A PostgreSQL server of the tests' own: on a socket in a folder of its own, ended by its own pid."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

USER = "meeting"
QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=40", "listen_addresses=")


class PostgresServer:
    """A running server; `new_database` gives each test an empty database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self._folder}"

    def new_database(self) -> str:
        """The URL of an empty database that did not exist before."""
        name = f"t{uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url("postgres").replace("postgresql", "postgresql+psycopg", 1))
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def wait(self, process: "subprocess.Popen[bytes]") -> None:
        """Returns once it answers."""
        until = time.monotonic() + 60
        while True:
            try:
                return self._execute("SELECT 1")
            except OperationalError:
                assert process.poll() is None and time.monotonic() < until, "the server did not start"
                time.sleep(0.05)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server for a block; skips the test where PostgreSQL or its library is not installed."""
    pytest.importorskip("psycopg", reason="the library for PostgreSQL is not installed (make setup-test)")
    programs = _programs()
    # A socket's path may be about a hundred bytes long, so it lies in no test's folder.
    folder = Path(tempfile.mkdtemp(prefix="smart-meeting-pg-"))
    try:
        who = _unprivileged(folder)
        data = folder / "data"
        making = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(making, check=True, capture_output=True, **who)
        options = [part for one in QUICK for part in ("-c", one)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **who,
            )
        try:
            running = PostgresServer(folder)
            running.wait(server)
            yield running
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if on_path is None and not found:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    return Path(on_path).resolve().parent if on_path else found[-1].parent


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then the folder and the processes are those of nobody."""
    if os.getuid() != 0:
        return {"cwd": folder}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"cwd": folder, "user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
