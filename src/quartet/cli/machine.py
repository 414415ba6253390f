"""What every command needs of this machine: settings made complete, and a database that answers."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from quartet.cli.terminal import Failed, say
from quartet.core import logins, walls
from quartet.embedded.home import data_folder
from quartet.embedded.postgres import EmbeddedPostgres
from quartet.settings import Settings

_OLDEST_POSTGRES = 14
_ENCODING = "UTF8"


@contextmanager
def ready(settings: Settings) -> Iterator[Settings]:
    """Yield complete settings, with a database that answers: the configured one, or ours while it is needed."""
    _check_address("DATABASE_REPLICA_URL", settings.database.replica_url)
    home = data_folder(settings.server.home)
    secret = settings.server.secret or SecretStr(_kept_secret(home / "secret"))
    server = settings.server.model_copy(update={"home": home, "secret": secret})
    if settings.database.url is not None:
        _check("DATABASE_URL", settings.database.url.get_secret_value())
        if settings.database.direct_url is not None:
            _check("DATABASE_DIRECT_URL", settings.database.direct_url.get_secret_value())
        yield settings.model_copy(update={"server": server})
        return
    postgres = EmbeddedPostgres(home)
    url = postgres.start(say)
    try:
        database = settings.database.model_copy(update={"url": SecretStr(url)})
        yield settings.model_copy(update={"server": server, "database": database})
    finally:
        postgres.stop()


def direct_url(settings: Settings) -> str:
    """Return the address for migrations: past the pooler where there is one."""
    url = settings.database.direct_url or settings.database.url
    if url is None:
        raise Failed("There is no database: set DATABASE_URL.")
    return url.get_secret_value()


def see_redis(settings: Settings) -> None:
    """Refuse an address that is none. One where nobody answers just now is fine."""
    if settings.redis.url is None:
        return
    # Who has no Redis need not hold its client.
    from redis.asyncio import ConnectionPool, RedisError  # noqa: PLC0415

    url = settings.redis.url.get_secret_value()
    try:
        ConnectionPool.from_url(url).make_connection()  # type: ignore[no-untyped-call] # the library leaves it untyped
        parts = urlsplit(url)
        # What is no number it passes over, and takes database 0.
        is_one = parts.scheme == "unix" or (parts.path.strip("/") or "0").isdecimal()
    except (RedisError, ValueError, TypeError):  # options that it does not know become arguments that it does not take
        is_one = False
    if not is_one:
        raise Failed("REDIS_URL is not an address of a Redis (redis://user:password@host:port/0).")


def see_login(settings: Settings) -> None:
    """Refuse to serve behind a pooler whose login lacks what cannot be set for a connection there."""
    url, is_pooled = settings.database.url, settings.database.direct_url is not None
    if url and is_pooled and (fault := logins.missing(url.get_secret_value())):
        raise Failed(fault)


def see_walls(settings: Settings) -> None:
    """Refuse to serve where a forgotten condition in a query could show somebody what is another's."""
    if settings.database.row_security == "off":
        say("Row-level security is off (DATABASE_ROW_SECURITY): only our queries keep people's things apart.")
        return
    url = settings.database.url.get_secret_value() if settings.database.url else direct_url(settings)
    if fault := walls.fault(url, pooled=settings.database.direct_url is not None):
        raise Failed(f"{fault} Or serve without this wall: DATABASE_ROW_SECURITY=off.")


def _check_address(name: str, url: SecretStr | None) -> None:
    """Look at an address of which nobody has to answer just now."""
    try:
        conninfo_to_dict(url.get_secret_value() if url else "")
    except psycopg.ProgrammingError:
        raise Failed(f"{name} is not an address of a PostgreSQL (postgresql://user:password@host/name).") from None


def _check(name: str, url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
            standby = connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
    except psycopg.ProgrammingError:
        raise Failed(f"{name} is not an address of a PostgreSQL (postgresql://user:password@host/name).") from None
    except psycopg.OperationalError as error:
        raise Failed(f"The database of {name} does not answer: {why(error)}.") from None
    if version < _OLDEST_POSTGRES * 10_000:
        raise Failed(f"The database of {name} is PostgreSQL {version // 10_000}; it must be 14 or newer.")
    if encoding != _ENCODING:
        raise Failed(
            f"The database of {name} keeps text as {encoding}, which cannot hold what people write. Make another: "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        )
    if standby:
        raise Failed(
            f"{name} leads to a standby, which nothing can be written to: name the primary, or all of its hosts with "
            "?target_session_attrs=read-write."
        )


def why(error: psycopg.Error) -> str:
    """Return the sentence that says what is wrong: not the question that libpq asks after it, and nobody's row."""
    said = [line.strip() for line in str(error).strip().splitlines() if not line.startswith("\t")]
    return (error.diag.message_primary or said[-1]).rstrip(".")


def _kept_secret(path: Path) -> str:
    """Read the secret that was made on the first start; make it then."""
    try:
        if not path.exists():
            # Written whole before it has its name: neither a kill nor a second start finds half a secret.
            with tempfile.NamedTemporaryFile("w", dir=path.parent) as fresh:  # made for its owner alone
                fresh.write(secrets.token_urlsafe(48))
                fresh.flush()
                with suppress(FileExistsError):
                    os.link(fresh.name, path)
        kept = path.read_text().strip()
    except OSError as error:
        raise Failed(f"{path} cannot be kept: {error.strerror}. Free some space, or set QUARTET_HOME.") from None
    if not kept:
        raise Failed(f"{path} is empty. Delete it: the next start makes another, and everybody signs in again.")
    return kept
