"""Rows in every table that a backup or an archive must not lose, made by the database itself: many, in no time."""

import psycopg

from quartet.operations import contents

# `ago` is how long ago the first half of the chats was spoken in; the second half is of today.
_ROWS = (
    """INSERT INTO "User" ("id", "email", "password")
       SELECT md5('user' || n)::uuid, 'person' || n || '@example.com', 'hash' FROM generate_series(1, %(people)s) n""",
    """INSERT INTO "Component" ("userId", "type", "name", "content", "tags")
       SELECT u."id", (ARRAY['role', 'style', 'context', 'mode'])[1 + n %% 4]::component_type,
              'Part ' || n, E'Tab\\t, back\\\\slash, \\nline, ünïcode ' || repeat('x', n * 10), ARRAY['a,b', '"c"']
       FROM "User" u, generate_series(1, 12) n""",
    """INSERT INTO "Preset" ("id", "userId", "name", "roleId")
       SELECT md5('preset' || u."id")::uuid, u."id", 'All', (SELECT "id" FROM "Component" c WHERE c."userId" = u."id"
         AND c."type" = 'role' ORDER BY c."name" LIMIT 1) FROM "User" u""",
    """INSERT INTO "Chat" ("id", "createdAt", "title", "userId", "visibility", "currentPresetId", "presetHistory")
       SELECT md5(u."id" || 'chat' || n)::uuid, now() - CASE WHEN n %% 2 = 1 THEN %(ago)s::interval ELSE '0' END,
              'Chat ' || n, u."id", 'private', p."id", '[{"presetName": "All"}]'
       FROM "User" u JOIN "Preset" p ON p."userId" = u."id", generate_series(1, %(chats)s) n""",
    r"""INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
       SELECT md5(c."id" || 'said' || n)::uuid, c."id", (ARRAY['user', 'assistant'])[1 + n %% 2],
              (E'[{"type": "text",\n "text": "half \\ud83d, \\u0000 and \\\\ ' || n || '"}]')::json, '[]', c."createdAt"
       FROM "Chat" c, generate_series(0, 3) n""",
    """INSERT INTO "Vote_v2" ("chatId", "messageId", "isUpvoted")
       SELECT "chatId", "id", true FROM "Message_v2" WHERE "role" = 'assistant'""",
    """INSERT INTO "Message" ("id", "chatId", "role", "content", "createdAt")
       SELECT md5(c."id" || 'old')::uuid, c."id", 'user', '"old"', c."createdAt" FROM "Chat" c""",
    """INSERT INTO "Vote" ("chatId", "messageId", "isUpvoted") SELECT "chatId", "id", false FROM "Message" """,
    """INSERT INTO "Stream" ("chatId", "createdAt") SELECT "id", "createdAt" FROM "Chat" """,
    """INSERT INTO "Comparison" ("id", "userId", "chatId", "questionId")
       SELECT md5("id" || 'versus')::uuid, "userId", "id", gen_random_uuid() FROM "Chat" """,
    """INSERT INTO "Candidate" ("messageId", "comparisonId", "userId", "side", "slots", "parts")
       SELECT gen_random_uuid(), "id", "userId", 'left', '{}', '[]' FROM "Comparison" """,
    r"""INSERT INTO "File" ("userId", "chatId", "messageId", "name", "mediaType", "width", "height", "size", "sha256",
                           "content")
       SELECT c."userId", c."id", m."id", 'a.png', 'image/png', 1, 1, 3, '\x00', '\x00ff0a'
       FROM "Chat" c JOIN "Message_v2" m ON m."chatId" = c."id" AND m."id" = md5(c."id" || 'said0')::uuid""",
    """INSERT INTO "Document" ("createdAt", "title", "content", "userId") SELECT now(), 'D', 'x', "id" FROM "User" """,
    """INSERT INTO "ComposedPrompt" ("userId", "hash", "text") SELECT "id", '\\x01', 'You are.' FROM "User" """,
)


def fill(url: str, *, people: int = 20, chats: int = 6, ago: str = "500 days") -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        for statement in _ROWS:
            connection.execute(statement, {"people": people, "chats": chats, "ago": ago})  # type: ignore[arg-type]


def all_of(url: str) -> contents.Contents:
    """Every table with the number of its rows and the sum of their hashes."""
    with psycopg.connect(url, autocommit=True) as connection:
        contents.unhurried(connection)
        return contents.read(connection, hashed=True)


def databases(url: str, like: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])}
