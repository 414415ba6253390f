"""A database of many people, and the heavy user of the spec among them."""

import hashlib
from uuid import UUID

import psycopg

from operations.filling import fill
from people import Person

PEOPLE = 400

# What `fill` leaves out. A sixth of the chats is public.
_MORE = (
    """INSERT INTO "UserSession" ("tokenHash", "userId", "expiresAt")
       SELECT sha256((u."id"::text || n)::bytea), u."id", now() + interval '30 days'
       FROM "User" u, generate_series(1, 6) n""",
    """INSERT INTO "Usage" ("messageId", "userId", "provider", "model", "inputTokens", "outputTokens", "isMetered")
       SELECT m."id", c."userId", 'openai', 'openai/gpt-6-luna', 10, 20, true
       FROM "Message_v2" m JOIN "Chat" c ON c."id" = m."chatId" WHERE m."role" = 'assistant'""",
    """INSERT INTO "Trash" ("id", "userId", "kind", "type", "name", "kept")
       SELECT gen_random_uuid(), u."id", 'component', 'role', 'Gone ' || n, '{}'
       FROM "User" u, generate_series(1, 6) n""",
    """INSERT INTO "AuditEntry" ("userId", "action")
       SELECT u."id", 'session.started' FROM "User" u, generate_series(1, 6) n""",
    """INSERT INTO "PartVote" ("messageId", "componentId", "userId", "isUpvoted")
       SELECT gen_random_uuid(), c."id", c."userId", true FROM "Component" c""",
    """INSERT INTO "Preset" ("userId", "name", "roleId", "styleId", "contextId", "modeId", "usageCount", "lastUsedAt")
       SELECT c."userId", 'Preset ' || n, (array_agg(c."id") FILTER (WHERE c."type" = 'role'))[1 + n %% 3],
         (array_agg(c."id") FILTER (WHERE c."type" = 'style'))[1 + n %% 3],
         (array_agg(c."id") FILTER (WHERE c."type" = 'context'))[1 + n %% 3],
         (array_agg(c."id") FILTER (WHERE c."type" = 'mode'))[1 + n %% 3], n, now()
       FROM "Component" c, generate_series(1, 12) n GROUP BY c."userId", n""",
    """INSERT INTO "PresetLoss" ("presetId", "type", "userId", "componentId", "name", "content")
       SELECT p."id", t."type", p."userId", gen_random_uuid(), 'Lost', 'Lost'
       FROM "Preset" p, (VALUES ('role'::component_type), ('mode')) AS t("type")
       WHERE p."name" <> 'All'""",
    """UPDATE "Chat" SET "visibility" = 'public', "presetHistory" = '[]' WHERE "title" = 'Chat 1'""",
)

# One of the 100 chats has 505 of the 1,000 messages, the others 5 each; a component has 20 versions.
_HEAVY = (
    """INSERT INTO "Component" ("id", "userId", "type", "name", "content", "tags", "usageCount")
       SELECT md5(%(user)s || 'part' || n)::uuid, %(user)s,
         (ARRAY['role', 'style', 'context', 'mode'])[1 + n %% 4]::component_type,
         'Part ' || n, 'Text', ARRAY['t' || n %% 5], n FROM generate_series(0, 49) n""",
    *(f"""UPDATE "Component" SET "content" = 'Text {n}' WHERE "userId" = %(user)s""" for n in range(19)),
    """INSERT INTO "Preset" ("id", "userId", "name", "roleId", "styleId", "contextId", "modeId", "usageCount",
         "lastUsedAt")
       SELECT md5(%(user)s || 'preset' || n)::uuid, %(user)s, 'Preset ' || n,
         md5(%(user)s || 'part' || 4 * (n %% 12))::uuid, md5(%(user)s || 'part' || 4 * (n %% 12) + 1)::uuid,
         md5(%(user)s || 'part' || 4 * (n %% 12) + 2)::uuid, md5(%(user)s || 'part' || 4 * (n %% 12) + 3)::uuid,
         n, now() - n * interval '1 hour'
       FROM generate_series(0, 19) n""",
    """INSERT INTO "Chat" ("id", "createdAt", "title", "userId", "currentPresetId")
       SELECT md5(%(user)s || 'chat' || n)::uuid, now() - n * interval '1 hour', 'Chat ' || n, %(user)s,
         md5(%(user)s || 'preset' || n %% 20)::uuid FROM generate_series(0, 99) n""",
    """INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
       SELECT md5(c."id" || 'said' || n)::uuid, c."id", (ARRAY['user', 'assistant'])[1 + n %% 2],
         '[{"type": "text", "text": "Words"}]', '[]', c."createdAt" + n * interval '1 second'
       FROM "Chat" c, generate_series(0, CASE "title" WHEN 'Chat 0' THEN 504 ELSE 4 END) n
       WHERE c."userId" = %(user)s""",
    """INSERT INTO "Vote_v2" ("chatId", "messageId", "isUpvoted") SELECT m."chatId", m."id", true
       FROM "Message_v2" m JOIN "Chat" c ON c."id" = m."chatId"
       WHERE c."userId" = %(user)s AND m."role" = 'assistant'""",
    """INSERT INTO "Trash" ("id", "userId", "kind", "type", "name", "kept")
       SELECT gen_random_uuid(), %(user)s, 'component', 'role', 'Gone ' || n, '{}' FROM generate_series(1, 50) n""",
    """INSERT INTO "AuditEntry" ("userId", "action") SELECT %(user)s, 'session.started' FROM generate_series(1, 100)""",
    """INSERT INTO "Usage" ("messageId", "userId", "provider", "model", "inputTokens", "outputTokens", "isMetered")
       SELECT gen_random_uuid(), %(user)s, 'openai', 'openai/gpt-6-luna', 1, 1, true FROM generate_series(1, 500)""",
)


def gather(url: str) -> None:
    """Fill an empty database with 400 people's things."""
    fill(url, people=PEOPLE)
    _run(url, _MORE)


def burden(url: str, person: Person) -> None:
    """Make somebody the heavy user: 50 components, 20 presets, 100 chats and 1,000 messages."""
    _run(url, _HEAVY, user=UUID(person.id))


def id_of(person: Person, what: str) -> str:
    """Return the id of the heavy user's "part3", "preset3" or "chat3"."""
    return str(UUID(hashlib.md5(f"{person.id}{what}".encode(), usedforsecurity=False).hexdigest()))


def _run(url: str, statements: tuple[str, ...], **values: object) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET TIME ZONE 'UTC'")
        for statement in statements:
            owner.execute(statement, values)  # type: ignore[arg-type]
        # As autovacuum does, sooner or later: plans are made by what is known of the tables.
        owner.execute("ANALYZE")
