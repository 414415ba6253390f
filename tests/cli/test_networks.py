"""Which addresses `quartet doctor` tells of, since others can read on the way there."""

import pytest

from quartet.cli.networks import unchecked
from quartet.settings import DatabaseSettings, RedisSettings, Settings


def told(postgres: str = "", redis: str = "") -> list[str]:
    database = DatabaseSettings(url=postgres or None)
    settings = Settings.load().model_copy(update={"database": database, "redis": RedisSettings(url=redis or None)})
    return [finding.what for finding in unchecked(settings)]


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://x@192.0.2.1/x", "192.0.2.1"),
        ("postgresql://x@[2001:db8::1]/x", "2001:db8::1"),
        ("postgresql://x@db.example.com,localhost,127.0.0.1,192.0.2.1/x", "db.example.com and 192.0.2.1"),
        ("host=db.example.com dbname=x", "db.example.com"),
        ("postgresql://x@db.example.com/x?sslmode=require", "db.example.com"),
        ("postgresql://x@db/x?hostaddr=192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_database_elsewhere_is_told_of(url: str, hosts: str):
    assert told(postgres=url) == [f"DATABASE_URL does not check the certificate of {hosts}."]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://x@db.example.com/x?sslmode=verify-full",
        "postgresql://x@db.example.com/x?sslmode=verify-ca",
        "postgresql://x@db.example.com/x?sslrootcert=system",
        "postgresql://x@127.0.0.1/x",
        "postgresql://x@[::1]/x",
        "postgresql://x@postgres/x",
        "postgresql://x@%2Fvar%2Frun%2Fno.where/x",
        "postgresql:///x",
        "no address: at all",
    ],
)
def test_one_that_is_checked_or_near_is_not(url: str):
    assert told(postgres=url) == []


def test_what_libpq_takes_from_the_environment_counts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert told(postgres="postgresql://x@db.example.com/x") == []
    assert told(postgres="postgresql://x@db.example.com/x?sslmode=prefer") != []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("redis://192.0.2.1:6379", "192.0.2.1"),
        ("redis://:secret@redis.example.com/0", "redis.example.com"),
        ("rediss://redis.example.com?ssl_cert_reqs=none", "redis.example.com"),
    ],
)
def test_a_redis_elsewhere_is_told_of(url: str, host: str):
    assert told(redis=url) == [f"REDIS_URL does not check the certificate of {host}."]


@pytest.mark.parametrize(
    "url",
    [
        "rediss://redis.example.com",
        "redis://localhost",
        "redis://valkey:6379/0",
        "unix:///run/redis.sock",
        "redis://[x",
    ],
)
def test_one_that_is_checked_near_or_no_address_is_not(url: str):
    assert told(redis=url) == []
