"""What the prompt library costs as it grows: the product's functions against a database of 1,000 and of 100,000 users.

`python bench/library.py [--users 1000 100000] [--heavy 100000] [--runs 300]`: every user has 50 components and 5
presets. One more, the heavy user, is added to the largest database after the others were measured. 100,000 users take
half an hour to load, and 30 GB of the temporary folder. Bounds are compared with, not asserted.
"""

import argparse
import asyncio
import os
from contextlib import ExitStack

import psycopg

import loading
from database import a_database
from population import COMPONENTS
from quartet.core.database import Database
from timing import BOUNDS, Place, measure

GROWTH = 1.5  # times the 95th percentile of the smallest database
HEAVY = 10**9  # the heavy user's number; the others count from 0


def print_table(title: str, places: dict[int, Place]) -> None:
    first, last = min(places), max(places)
    sizes = "".join(f" p50 | p95 | p99 at {users:,} users |" for users in places)
    print(f"\n{title}, in milliseconds (load of the machine: {os.getloadavg()[1]:.1f})\n")
    print(f"| |{sizes} p95 grows | bound of p95 | |\n{'|---' * (4 + 3 * len(places))}|")
    for name, bound in BOUNDS.items():
        figures = "".join(f" {figure:.1f} |" for place in places.values() for figure in place.percentiles(name))
        p95 = places[last].percentiles(name)[1]
        growth = p95 / places[first].percentiles(name)[1]
        missed = [what for what, is_missed in (("slow", p95 > bound), ("grows", growth > GROWTH)) if is_missed]
        grown = f"{growth:.2f}" if first != last else ""
        print(f"| {name} |{figures} {grown} | {bound} | {' '.join(missed)} |")


def print_sizes(urls: dict[int, str]) -> None:
    print("\n| users | database | per user |\n|---|---|---|")
    for users, url in urls.items():
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        size = row[0] if row else 0
        print(f"| {users:,} | {size / 1e9:.2f} GB | {size / users / 1e3:.0f} kB |")


async def compare(title: str, urls: dict[int, str], runs: int, *, heavy: int | None) -> None:
    databases = {users: Database(url) for users, url in urls.items()}
    places = {
        users: Place(database, range(users), COMPONENTS)
        if heavy is None
        else Place(database, range(HEAVY, HEAVY + 1), heavy)
        for users, database in databases.items()
    }
    for database in databases.values():
        await database.open()
    try:
        await measure(list(places.values()), runs)
    finally:
        for database in databases.values():
            await database.close()
    print_table(title, places)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--heavy", type=int, default=100_000, help="components of the heavy user; 0: without one")
    parser.add_argument("--runs", type=int, default=300)
    asked = parser.parse_args()
    tell = loading.Progress()
    with ExitStack() as stack:
        urls = {users: stack.enter_context(a_database()) for users in sorted(asked.users)}
        for users, url in urls.items():
            print(f"{users:,} users")
            loading.crowd(url, users, tell)
        print_sizes(urls)
        asyncio.run(compare("Anybody, 50 components", urls, asked.runs, heavy=None))
        if asked.heavy:
            users = max(urls)
            loading.heavy(urls[users], HEAVY, asked.heavy, tell)
            title = f"The heavy user, {asked.heavy:,} components"
            asyncio.run(compare(title, {users: urls[users]}, max(asked.runs // 3, 2), heavy=asked.heavy))


if __name__ == "__main__":
    main()
