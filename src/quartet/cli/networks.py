"""Addresses of other machines: whoever is on the way there reads along, unless a certificate is asked for."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.pq import Conninfo
from pydantic import SecretStr

from quartet.migrations.findings import Finding
from quartet.settings import Settings

_CHECKED = {"verify-ca", "verify-full"}


def unchecked(settings: Settings) -> Iterator[Finding]:
    """Tell of each address that leads elsewhere and does not check who answers there.

    What is no address at all is told by whoever uses it.
    """
    database = settings.database
    for name, url in (
        ("DATABASE_URL", database.url),
        ("DATABASE_DIRECT_URL", database.direct_url),
        ("DATABASE_REPLICA_URL", database.replica_url),
    ):
        far = _unchecked_hosts(_options(url) if url else {})
        if far:
            yield Finding(
                f"{name} does not check the certificate of {' and '.join(far)}.",
                "Add sslmode=verify-full, unless the network in between is yours alone.",
                is_trouble=False,
            )
    with suppress(ValueError):
        if far_redis := _unchecked_redis(settings.redis.url):
            yield Finding(
                f"REDIS_URL does not check the certificate of {far_redis}.",
                "Let it begin with rediss://, unless the network in between is yours alone.",
                is_trouble=False,
            )


def _options(url: SecretStr) -> dict[str, str]:
    """Return what libpq makes of an address, with what it takes from elsewhere (PGSSLMODE), but for a service."""
    with suppress(psycopg.OperationalError):
        given = Conninfo.parse(url.get_secret_value().encode())
        defaults = {each.keyword: each.val for each in Conninfo.get_defaults()}
        return {each.keyword.decode(): (each.val or defaults[each.keyword] or b"").decode() for each in given}
    return {}


def _unchecked_hosts(options: Mapping[str, str]) -> list[str]:
    if options.get("sslmode") in _CHECKED or options.get("sslrootcert") == "system":  # which wants verify-full
        return []
    hosts = options.get("hostaddr") or options.get("host") or ""
    return [host for host in hosts.split(",") if _is_far(host)]


def _unchecked_redis(url: SecretStr | None) -> str | None:
    """Return the host of a Redis that is elsewhere and not checked. Raises `ValueError` where it is no address."""
    parts = urlsplit(url.get_secret_value() if url else "")
    is_checked = parts.scheme == "rediss" and parse_qs(parts.query).get("ssl_cert_reqs") != ["none"]
    host = parts.hostname or ""
    return host if not is_checked and _is_far(host) else None


def _is_far(host: str) -> bool:
    """A name without a dot is this machine, or a container beside; what begins with a slash is a socket."""
    with suppress(ValueError):
        return not ip_address(host).is_loopback
    return "." in host and not host.startswith("/")
