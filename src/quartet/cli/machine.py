"""What every command needs of this machine: settings made complete, and a database that answers."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pydantic import SecretStr

from quartet.cli.terminal import Failed, say
from quartet.embedded.home import data_folder
from quartet.embedded.postgres import EmbeddedPostgres
from quartet.settings import Settings

_OLDEST_POSTGRES = 14


@contextmanager
def ready(settings: Settings) -> Iterator[Settings]:
    """Yield complete settings, with a database that answers: the configured one, or ours while it is needed."""
    home = data_folder(settings.server.home)
    secret = settings.server.secret or SecretStr(_kept_secret(home / "secret"))
    server = settings.server.model_copy(update={"home": home, "secret": secret})
    if settings.database.url is not None:
        _check(settings.database.url.get_secret_value())
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


def _check(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.ProgrammingError:
        raise Failed("DATABASE_URL is not an address of a PostgreSQL (postgresql://user:password@host/name).") from None
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise Failed(f"The database of DATABASE_URL does not answer: {reason}") from None
    if version < _OLDEST_POSTGRES * 10_000:
        raise Failed(f"The database of DATABASE_URL is PostgreSQL {version // 10_000}; it must be 14 or newer.")


def _kept_secret(path: Path) -> str:
    """Read the secret that was made on the first start; make it then."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}. Free some space, or set QUARTET_HOME.") from None
    return path.read_text().strip()
