"""The version of the tables: made new, or brought up to this program's, once, whoever opens first."""

from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, inspect, select, text, update

from meeting.errors import StoreDamaged
from meeting.store.copying import copy_sqlite, sqlite_path
from meeting.store.engine import writing
from meeting.store.errors import StoreNewer
from meeting.store.tables import SCHEMA_VERSION, facts, metadata
from models.refusal import N_

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number that no other program of the same server takes for a lock of its own.
_SERVER_LOCK = 0x6D656574696E67


def bring_up_to_date(engine: Engine) -> None:
    """Leaves the tables at SCHEMA_VERSION. What SQLite held before is kept beside it, as `NAME.schema-N`.

    Raises StoreNewer, StoreDamaged, and what the database refuses.
    """
    with engine.connect() as connection:
        # Most often there is nothing to do: no writer is waited for.
        if _version(connection, engine) == SCHEMA_VERSION:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SERVER_LOCK})
        version = _version(connection, engine)
        if version is None:
            _make(connection)
        elif version < SCHEMA_VERSION:
            _keep(engine, version)
            _migrate(connection, version)


def _version(connection: Connection, engine: Engine) -> int | None:
    """The version of the tables, None where there are none. Raises StoreNewer, StoreDamaged."""
    if not inspect(connection).has_table(facts.name):
        return None
    name = (engine.url.database or "").rsplit("/", 1)[-1]
    found = connection.execute(select(facts.c.value).where(facts.c.name == "schema")).scalar_one_or_none()
    if found is None or not found.isdecimal():
        raise StoreDamaged(file=name, why=N_("it does not say which version its tables have"))
    if int(found) > SCHEMA_VERSION:
        raise StoreNewer(file=name, found=found, known=SCHEMA_VERSION)
    return int(found)


def _make(connection: Connection) -> None:
    metadata.create_all(connection)
    fresh = {"epoch": uuid4().hex, "schema": str(SCHEMA_VERSION)}
    connection.execute(insert(facts), [{"name": name, "value": value} for name, value in fresh.items()])


def _keep(engine: Engine, version: int) -> None:
    path = sqlite_path(engine)
    if path is not None:
        copy_sqlite(path, path.with_name(f"{path.name}.schema-{version}"))


def _migrate(connection: Connection, version: int) -> None:
    """Takes every step from `version` on, in the transaction of `connection`: all of them, or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.stamp(config, str(version), purge=True)
    command.upgrade(config, "head")
    connection.execute(update(facts).where(facts.c.name == "schema").values(value=str(SCHEMA_VERSION)))
