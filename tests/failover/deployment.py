"""The parts together, as docs/scale.md has them: one node goes through the pooler, the other names both databases."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from failover.parts import Ground, HAProxy, Node, Part, PgBouncer, Postgres, Redis, answers
from llm.peer import VendorPeer
from people import until
from quartet.migrations import migrate

POOL = "quartet_pool"


@dataclass(frozen=True)
class Deployment:
    primary: Postgres
    standby: Postgres
    pooler: PgBouncer
    redis: Redis
    nodes: dict[str, Node]
    proxy: HAProxy

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}"

    def fail_over(self) -> None:
        """What Patroni and its like do when a primary is gone; who names both databases needs no telling."""
        self.standby.promote()
        self.pooler.lead_to(self.standby)


@contextmanager
def a_ground() -> Iterator[Ground]:
    # Not pytest's folder, where PostgreSQL's own user may not go.
    with tempfile.TemporaryDirectory(prefix="quartet-failover-", ignore_cleanup_errors=True) as folder:
        yield Ground.in_folder(Path(folder))


async def start(part: Part, things: AsyncExitStack) -> None:
    things.callback(part.kill)
    part.start()
    await until(lambda: _is_up(part), seconds=60)


async def a_pair(ground: Ground, things: AsyncExitStack) -> tuple[Postgres, Postgres]:
    """A primary with our tables, and a standby that follows it."""
    primary, standby = Postgres(ground, "one"), Postgres(ground, "two")
    primary.make()
    await start(primary, things)
    await until(lambda: accepts(primary))
    _prepare(primary)
    standby.follow(primary)
    await start(standby, things)
    await until(lambda: accepts(standby))
    return primary, standby


@asynccontextmanager
async def deployed(peer: VendorPeer) -> AsyncIterator[Deployment]:
    """Start everything, and kill it in the end."""
    async with AsyncExitStack() as things:
        ground = things.enter_context(a_ground())
        primary, standby = await a_pair(ground, things)
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("SELECT pg_reload_conf()")
        await until(lambda: _is_in_step(primary))
        pooler, redis = PgBouncer(ground, POOL), Redis()
        pooler.lead_to(primary)
        await start(pooler, things)
        await start(redis, things)
        hosts = f"host=127.0.0.1,127.0.0.1 port={primary.port},{standby.port}"
        either = f"{hosts} user=quartet dbname=quartet target_session_attrs=read-write"
        shared = {
            "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
            "OPENAI_BASE_URL": peer.openai_url,
            "OPENAI_API_KEY": "sk-test",
            "QUARTET_SECRET": "for tests",
            "QUARTET_SEED": "none",
            "QUARTET_TITLES": "plain",
            "QUARTET_LIMITS": "off",
            "QUARTET_LOCAL_MODEL": "none",
        }
        nodes = {
            "pooled": Node(ground.home / "pooled", DATABASE_URL=pooler.url, DATABASE_DIRECT_URL=either, **shared),
            "direct": Node(ground.home / "direct", DATABASE_URL=either, **shared),
        }
        for node in nodes.values():
            await start(node, things)
        proxy = HAProxy(ground.home, nodes)
        await start(proxy, things)
        yield Deployment(primary, standby, pooler, redis, nodes, proxy)


def _prepare(primary: Postgres) -> None:
    """What an administrator does once: an owner, our tables, and a login for the pooler."""
    primary.ask("CREATE ROLE quartet LOGIN CREATEROLE", database="postgres")
    primary.ask("CREATE DATABASE quartet OWNER quartet", database="postgres")
    migrate.upgrade(primary.url("quartet"))
    for statement in (
        f"CREATE ROLE {POOL} LOGIN",
        f"GRANT quartet_app, quartet_system TO {POOL}",
        f"ALTER ROLE {POOL} SET role TO quartet_app",
        f"ALTER ROLE {POOL} SET timezone TO 'UTC'",
        f"ALTER ROLE {POOL} SET statement_timeout TO '60s'",
        f"ALTER ROLE {POOL} SET idle_in_transaction_session_timeout TO '60s'",
    ):
        primary.ask(statement)


async def _is_up(part: Part) -> bool:
    assert part.process
    assert part.process.poll() is None, f"{type(part).__name__} ended: {part.said()}"
    return answers(part.port)


async def accepts(server: Postgres) -> bool:
    try:
        return bool(server.ask("SELECT 1", database="postgres"))
    except psycopg.OperationalError:
        return False


async def _is_in_step(primary: Postgres) -> bool:
    return primary.ask("SELECT sync_state FROM pg_stat_replication") == [("sync",)]
