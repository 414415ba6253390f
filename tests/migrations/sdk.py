"""A Chat SDK as far as a database sees it: its tables in each version, rows in all of them, and what it asks.

Written from the documented behaviour, with none of its code; the tables come from our own description of them.
"""

import uuid
from typing import Any

import psycopg

from quartet.migrations.chat_sdk import JANUARY, NEWEST, SIX, SPEC, SQUASHED_AT, Version

Connection = psycopg.Connection[Any]

JOURNALS = {
    SPEC.name: [1728598022383, 1757362773211],
    JANUARY.name: [1728598022383, 1757362773211, 1768479010084],
    NEWEST.name: [SQUASHED_AT],
}
EMAIL = "theirs@example.com"
PARTS = (
    '[{"type":"step-start"},{"type":"reasoning","text":"hm"},{"type":"text","text":"Good day"},'
    '{"type":"file","mediaType":"image/png","url":"https://blob.example/x.png"},'
    '{"type":"tool-getWeather","state":"output-available","input":{},"output":{}},'
    '{"type":"data-usage","data":{"totalTokens":7}}]'
)


def build(connection: Connection, version: Version, *, journal: bool = True) -> None:
    """Make the tables of a version, as its own migrations would have."""
    for name, table in version.tables.items():
        lines = [
            f'"{column}" {each.type}{" NOT NULL" if each.is_required else ""}'
            + (f" DEFAULT {each.default}" if each.default else "")
            for column, each in table.columns.items()
        ]
        lines.append(f"PRIMARY KEY ({quoted(table.primary)})")
        connection.execute(f'CREATE TABLE "{name}" ({", ".join(lines)})')
    for name, table in version.tables.items():
        for key in table.keys:
            connection.execute(
                f'ALTER TABLE "{name}" ADD FOREIGN KEY ({quoted(key.columns)}) '
                f'REFERENCES "{key.table}" ({quoted(key.referred)})'
            )
    if journal:
        connection.execute("CREATE SCHEMA drizzle")
        connection.execute(
            "CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash TEXT NOT NULL, created_at BIGINT)"
        )
        for moment in JOURNALS[version.name]:
            connection.execute("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', %s)", [moment])


def quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def fill(connection: Connection, version: Version) -> uuid.UUID:
    """Put rows into every table; return the user's id. The e-mail address is there twice, and in another case."""
    user = register(connection, version, EMAIL)
    register(connection, version, EMAIL)
    register(connection, version, EMAIL.upper())
    chat = ask(connection, version, user)
    if "Message" in version.tables:
        old = uuid.uuid4()
        connection.execute(
            """INSERT INTO "Message" ("id", "chatId", "role", "content", "createdAt")
               VALUES (%s, %s, 'user', '"old"', now())""",
            [old, chat],
        )
        connection.execute(
            """INSERT INTO "Vote" ("chatId", "messageId", "isUpvoted") VALUES (%s, %s, true)""", [chat, old]
        )
    if "lastContext" in version.tables["Chat"].columns:
        connection.execute("""UPDATE "Chat" SET "lastContext" = '{"totalTokens": 7}' WHERE "id" = %s""", [chat])
    return user


def register(connection: Connection, version: Version, email: str) -> uuid.UUID:
    """Make an account, as its `createUser` does: every column that it knows is named."""
    names = ["id", "email", "password", *(SIX if version is NEWEST else ())]
    given = {"email": email, "password": "$2b$10$" + "x" * 53}
    values = [f"'{given[name]}'" if name in given else "DEFAULT" for name in names]
    row = connection.execute(
        f'INSERT INTO "User" ({quoted(tuple(names))}) VALUES ({", ".join(values)}) RETURNING "id"'
    ).fetchone()
    assert row
    return row[0]


def ask(connection: Connection, version: Version, user: uuid.UUID) -> uuid.UUID:
    """Write all that a chat of its leaves: `saveChat`, `saveMessages`, `voteMessage`, `saveDocument` and so on."""
    chat, question, answer, document = (uuid.uuid4() for _ in range(4))
    more = ', "lastContext"' if version is SPEC else ""
    connection.execute(
        f"""INSERT INTO "Chat" ("id", "createdAt", "title", "userId", "visibility"{more})
            VALUES (%s, now(), 'Hello', %s, 'private'{", DEFAULT" if more else ""})""",
        [chat, user],
    )
    for message, role in ((question, "user"), (answer, "assistant")):
        connection.execute(
            """INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
               VALUES (%s, %s, %s, %s, '[]', now())""",
            [message, chat, role, PARTS],
        )
    connection.execute(
        """INSERT INTO "Vote_v2" ("chatId", "messageId", "isUpvoted") VALUES (%s, %s, true)""", [chat, answer]
    )
    connection.execute("""INSERT INTO "Stream" ("id", "chatId", "createdAt") VALUES (%s, %s, now())""", [chat, chat])
    written = connection.execute(
        """INSERT INTO "Document" ("id", "createdAt", "title", "content", "text", "userId")
           VALUES (%s, now(), 'Draft', 'Text', 'code', %s) RETURNING "createdAt" """,
        [document, user],
    ).fetchone()
    assert written
    connection.execute(
        """INSERT INTO "Suggestion" ("id", "documentId", "documentCreatedAt", "originalText", "suggestedText",
             "description", "isResolved", "userId", "createdAt")
           VALUES (DEFAULT, %s, %s, 'a', 'b', NULL, DEFAULT, %s, now())""",
        [document, written[0], user],
    )
    return chat


def read(connection: Connection, version: Version, user: uuid.UUID) -> list[tuple[Any, ...]]:
    """Read what its pages do, every column that the version knows by name."""
    rows = []
    for name, where in (
        ("User", f""""email" = '{EMAIL}'"""),
        ("Chat", f""""userId" = '{user}' ORDER BY "createdAt" DESC, "id" LIMIT 21"""),
        ("Message_v2", '"chatId" IN (SELECT "id" FROM "Chat") ORDER BY "createdAt", "id"'),
        ("Vote_v2", "true"),
        ("Stream", "true"),
        ("Document", "true"),
        ("Suggestion", "true"),
    ):
        columns = tuple(version.tables[name].columns)
        shown = ", ".join(f'"{column}"::text' for column in columns)
        rows += connection.execute(f'SELECT {shown} FROM "{name}" WHERE {where}').fetchall()
    return rows


def delete_chat(connection: Connection, chat: uuid.UUID) -> None:
    """Delete as `deleteChatById` does: children by hand, each in a statement of its own."""
    for table in ("Vote_v2", "Message_v2", "Stream"):
        connection.execute(f'DELETE FROM "{table}" WHERE "chatId" = %s', [chat])
    deleted = connection.execute('DELETE FROM "Chat" WHERE "id" = %s RETURNING "id"', [chat]).fetchall()
    assert deleted == [(chat,)]


def delete_newer(connection: Connection, user: uuid.UUID) -> None:
    """Delete a document's versions with their suggestions."""
    connection.execute(
        """DELETE FROM "Suggestion" WHERE "documentId" IN (SELECT "id" FROM "Document" WHERE "userId" = %s)""", [user]
    )
    connection.execute('DELETE FROM "Document" WHERE "userId" = %s', [user])
