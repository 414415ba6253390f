"""The pictures that people upload: rows of our "File". Sent, one is shown to whoever may read the chat."""

import logging
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import scalar_row

from quartet.billing import plans
from quartet.chats.errors import FileNotFound, FileSent, TooManyUnsent
from quartet.chats.pictures.types import Picture
from quartet.chats.storage import Storage
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import Row

MOST_BYTES = 5 * 1024 * 1024
_MOST_UNSENT = 50
_MOST_BYTES_UNSENT = 25 * 1024 * 1024
_UNSENT_FOR = "1 day"
_GONE_AT_ONCE = 500

COLUMNS = """f."id", f."chatId", f."messageId", f."name", f."mediaType", f."width", f."height", f."size", f."sha256",
    f."content" IS NULL AS "isInFolder" """

_log = logging.getLogger(__name__)


class File(Row):
    """A file without its content. `size` in bytes; `messageId` is null while it is not sent."""

    id: UUID
    chat_id: UUID | None
    message_id: UUID | None
    name: str
    media_type: Literal["image/png", "image/jpeg"]
    width: int
    height: int
    size: int
    sha256: bytes
    is_in_folder: bool

    @property
    def url(self) -> str:
        """The path of its address: what stands in a message is true on whichever host this server is reached."""
        return f"/api/files/{self.id}"

    def part(self) -> dict[str, Any]:
        """Return it as a part of a message, as the Chat SDK keeps one."""
        return {"type": "file", "mediaType": self.media_type, "name": self.name, "url": self.url}


async def keep(tx: Transaction, user_id: UUID, name: str, picture: Picture, storage: Storage) -> File:
    """Keep a picture that is not sent yet; where there is a folder, its content is then the caller's to write there.

    In this order a crash leaves a row, which is swept, and never a file that nobody knows of. Raises `TooManyUnsent`.
    """
    await plans.hold(tx, user_id)
    cursor = await tx.execute(
        """SELECT count(*), coalesce(sum("size"), 0) FROM "File" WHERE "userId" = %s AND "messageId" IS NULL""",
        [user_id],
    )
    row = await cursor.fetchone()
    if row and (row[0] >= _MOST_UNSENT or row[1] + len(picture.data) > _MOST_BYTES_UNSENT):
        raise TooManyUnsent
    content = None if storage.has_folder else picture.data
    async with tx.cursor(row_factory=row_of(File)) as kept:
        await kept.execute(
            f"""INSERT INTO "File" AS f ("userId", "name", "mediaType", "width", "height", "size", "sha256", "content")
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {COLUMNS}""",
            [
                user_id,
                name,
                picture.media_type,
                picture.width,
                picture.height,
                len(picture.data),
                sha256(picture.data).digest(),
                content,
            ],
        )
        file = await kept.fetchone()
    assert file is not None  # noqa: S101 - an INSERT that does not raise returns its row
    return file


async def readable(tx: Transaction, user_id: UUID | None, file_id: UUID) -> File:
    """Read one's own file, or one that was sent in a public chat; raises `FileNotFound`."""
    async with tx.cursor(row_factory=row_of(File)) as cursor:
        await cursor.execute(
            f"""SELECT {COLUMNS} FROM "File" f
                LEFT JOIN "Message_v2" m ON m."id" = f."messageId" LEFT JOIN "Chat" c ON c."id" = m."chatId"
                WHERE f."id" = %s AND (f."userId" = %s OR c."visibility" = 'public')""",
            [file_id, user_id],
        )
        file = await cursor.fetchone()
    if file is None:
        raise FileNotFound
    return file


async def content(tx: Transaction, file: File, storage: Storage) -> bytes:
    """Read what is in a file; raises `FileNotFound` when it has gone."""
    found: bytes | None
    if file.is_in_folder:
        found = await storage.read(file.id)
        if found is None:
            _log.error("file %s is not in the folder of QUARTET_FILES", file.id)
    else:
        async with tx.cursor(binary=True, row_factory=scalar_row) as cursor:  # as text it would be twice as long
            await cursor.execute('SELECT "content" FROM "File" WHERE "id" = %s', [file.id])
            found = await cursor.fetchone()
    if found is None:
        raise FileNotFound
    return found


async def discard(tx: Transaction, user_id: UUID, file_id: UUID) -> None:
    """Delete one's own file that is not sent; raises `FileNotFound`, or `FileSent`."""
    cursor = await tx.execute(
        'DELETE FROM "File" WHERE "id" = %s AND "userId" = %s AND "messageId" IS NULL', [file_id, user_id]
    )
    if cursor.rowcount == 0:
        cursor = await tx.execute('SELECT 1 FROM "File" WHERE "id" = %s AND "userId" = %s', [file_id, user_id])
        raise FileSent if await cursor.fetchone() else FileNotFound


async def sweep(tx: Transaction) -> int:
    """Delete what was uploaded and not sent for a day; return how many."""
    cursor = await tx.execute(
        f"""DELETE FROM "File" WHERE "messageId" IS NULL AND "unsentSince" < now() - interval '{_UNSENT_FOR}'"""
    )
    return cursor.rowcount


async def empty_folder(tx: Transaction, storage: Storage) -> int:
    """Remove from the folder what no row knows any more, whoever deleted it; return how many files."""
    if not storage.has_folder:
        return 0
    cursor = await tx.execute('SELECT "id" FROM "GoneFile" LIMIT %s FOR UPDATE SKIP LOCKED', [_GONE_AT_ONCE])
    gone = [row[0] for row in await cursor.fetchall()]
    await storage.remove(gone)
    await tx.execute('DELETE FROM "GoneFile" WHERE "id" = ANY(%s)', [gone])
    return len(gone)
