"""A backup in the place of the database: in one stroke, so that whoever is killed on the way has the old one whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import errors

from quartet.migrations import check, migrate
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import revisions
from quartet.migrations.online import connect
from quartet.operations import contents
from quartet.operations.beside import Beside, beside
from quartet.operations.dump_file import DumpFile
from quartet.operations.errors import NotDone
from quartet.operations.loading import load, make_roles
from quartet.operations.programs import for_server
from quartet.operations.progress import Say


@dataclass(frozen=True)
class Restore:
    """What is about to be done: `rows` are the backup's; `place` None: the login may make no databases."""

    url: str
    file: DumpFile
    rows: dict[str, int]
    place: Beside | None
    say: Say

    def summary(self) -> str:
        """Say what would be replaced by what."""
        with connect(self.url) as connection:
            name = connection.info.dbname
            now = _accounts_and_chats(connection)
        backup = tuple(self.rows.get(f'public."{table}"', 0) for table in ("User", "Chat"))
        return (
            f'This replaces the database "{name}" ({now[0]:,} accounts, {now[1]:,} chats) by the backup of '
            f"{self.file.made_at} ({backup[0]:,} accounts, {backup[1]:,} chats). Stop every Quartet here first: "
            "what is said meanwhile is lost."
        )

    def run(self, *, drop_old: bool) -> str | None:
        """Do it; return the name under which the replaced database is kept, None where it is not. Raises `NotDone`."""
        if self.place is None:
            self.say("The login may not make databases: the backup is loaded into this one, in one transaction.")
            self._check(self.url, load(self.file, self.url, self.say, instead=True))
            return None
        with self.place.scratch() as name:
            new = self.place.of(name)
            self._check(new, load(self.file, new, self.say, instead=False))
            old = self.place.swap(name)
        if drop_old:
            self.place.drop(old)
            return None
        return old

    def _check(self, url: str, rows: dict[str, int]) -> None:
        with connect(url) as connection:
            contents.unhurried(connection)
            found = contents.read(connection, hashed=False)
            if wrong := [name for name, count in rows.items() if found.get(name, (0, 0))[0] != count]:
                raise NotDone(f"Not all rows of {', '.join(wrong)} arrived. Try again.")
            self._tell_lost_extensions(connection)
            # A backup holds no statistics, and without them the first questions are slow.
            connection.execute("ANALYZE")
        try:
            for name in migrate.upgrade(url, self.say):
                self.say(f"ran {name}")
        except NotChanged as refused:
            raise NotDone(f"The backup could not be brought up to date: {refused}") from None
        for finding in check.check(url)[1]:
            if finding.is_trouble:
                self.say(str(finding))

    def _tell_lost_extensions(self, connection: contents.Connection) -> None:
        with connect(self.url) as old:
            names = {name for (name,) in old.execute("SELECT extname FROM pg_extension")}
        names |= {name.strip('"') for _, name, _ in self.file.extensions}
        there = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        for name in sorted(names - there):
            self.say(f'Without the extension "{name}": an administrator can make it (CREATE EXTENSION "{name}").')


@contextmanager
def prepared(url: str, path: Path, say: Say, *, is_embedded: bool) -> Iterator[Restore]:
    """Read the backup from end to end, and yield what can be done with it. Raises `NotDone` for what is none."""
    if not path.is_file():
        raise NotDone(f"There is no file {path}.")
    with connect(url) as connection:
        file = DumpFile(path, for_server(connection))
        if not file.is_whole:
            raise NotDone(
                f"{path} holds no whole Quartet, but a part of one or something else. What to do with a part stands "
                "in docs/operations.md."
            )
        _refuse_newer(file)
        say(f"Reading {path}.")
        rows = file.rows()
        make_roles(connection, file)
    with beside(url, is_embedded=is_embedded) as place:
        yield Restore(url, file, rows, place, say)


def drop_kept(url: str, *, is_embedded: bool) -> Iterator[str]:
    """Yield the name of each database that an earlier restore replaced; going on drops it."""
    with beside(url, is_embedded=is_embedded) as place:
        for name in place.kept() if place else []:
            yield name
            if place:
                place.drop(name)


def _refuse_newer(file: DumpFile) -> None:
    revision, known = file.revision(), revisions()
    if revision not in known:
        raise NotDone(
            f"{file.path} was made by a newer Quartet: it knows the migration {revision}, and this one only "
            f"{known[-1]}. Install the newer one and try again. Nothing was changed."
        )


def _accounts_and_chats(connection: contents.Connection) -> tuple[int, int]:
    try:
        [counts] = connection.execute('SELECT (SELECT count(*) FROM "User"), (SELECT count(*) FROM "Chat")').fetchall()
    except errors.UndefinedTable:
        return 0, 0
    return counts[0], counts[1]
