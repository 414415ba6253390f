"""What a chat lost when somebody dropped our columns of "Chat", read back from its answers and from "Usage".

An answer's parts are the Chat SDK's, so they survive: they tell which prompt it was made with (`data-prompt`) and what
it took (`data-usage`, which the Chat SDK's own have too). Only chats that know nothing are touched, so doing it again
changes nothing.
"""

from typing import Any, LiteralString

import psycopg

_PARTS: LiteralString = """
    json_array_elements(CASE WHEN json_typeof(m."parts") = 'array' THEN m."parts" ELSE '[]' END) p"""

_KNOWN: LiteralString = f"""
    WITH answer AS (
      SELECT m."chatId", m."id", m."createdAt", c."userId",
             (SELECT p -> 'data' FROM {_PARTS} WHERE p ->> 'type' = 'data-prompt' LIMIT 1) AS prompt,
             (SELECT (p -> 'data' ->> 'totalTokens')::float::int FROM {_PARTS}
              WHERE p ->> 'type' = 'data-usage' LIMIT 1) AS told
      FROM "Message_v2" m JOIN "Chat" c ON c."id" = m."chatId"
      WHERE m."role" = 'assistant' AND m."parts"::text LIKE '%%"data-prompt"%%'
        AND coalesce(c."totalTokens", 0) = 0 AND coalesce(c."presetHistory", '[]') = '[]'
    ), spoken AS (
      SELECT a.*, nullif(a.prompt ->> 'presetId', '')::uuid AS preset,
             coalesce((SELECT jsonb_object_agg(x ->> 'type' || 'Id', x ->> 'id')
                       FROM json_array_elements(a.prompt -> 'components') x), '{{}}') AS slots
      FROM answer a WHERE json_typeof(a.prompt) = 'object'
    ), change AS (
      SELECT s.*, lag(slots, 1, '{{}}') OVER w AS slots_before, lag(preset) OVER w AS preset_before
      FROM spoken s WINDOW w AS (PARTITION BY "chatId" ORDER BY "createdAt", "id")
    ), history AS (
      SELECT "chatId", jsonb_agg(jsonb_build_object(
               'timestamp', to_char("createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'presetId', preset,
               'presetName', prompt ->> 'presetName', 'components', slots) ORDER BY "createdAt", "id") AS entries
      FROM change WHERE slots <> slots_before OR preset IS DISTINCT FROM preset_before GROUP BY 1
    ), spent AS (
      SELECT a."chatId", coalesce(sum(coalesce(u."inputTokens" + u."outputTokens", a.told)), 0)::int AS tokens,
             (array_agg(u."provider" ORDER BY a."createdAt" DESC)
              FILTER (WHERE u."provider" IS NOT NULL))[1] AS provider
      FROM answer a LEFT JOIN "Usage" u ON u."messageId" = a."id" GROUP BY 1
    ), known AS (
      SELECT s.*, coalesce(h.entries, '[]') AS entries,
             (SELECT p."id" FROM "Preset" p JOIN "Chat" c ON c."userId" = p."userId" AND c."id" = s."chatId"
              WHERE p."id" = (h.entries -> -1 ->> 'presetId')::uuid) AS preset
      FROM spent s LEFT JOIN history h USING ("chatId")
      WHERE s.tokens > 0 OR h.entries IS NOT NULL
    )"""


def forgetful_chats(connection: psycopg.Connection[Any]) -> int:
    """Count the chats whose answers know more than the chat itself."""
    row = connection.execute(f"{_KNOWN} SELECT count(*) FROM known", {}).fetchone()
    return int(row[0]) if row else 0


def remind_chats(connection: psycopg.Connection[Any]) -> int:
    """Give those chats back their history, preset, tokens and provider; return how many."""
    return connection.execute(
        f"""{_KNOWN}
        UPDATE "Chat" c SET "totalTokens" = k.tokens, "presetHistory" = k.entries, "currentPresetId" = k.preset,
                            "provider" = coalesce(k.provider, c."provider")
        FROM known k WHERE k."chatId" = c."id" """,
        {},
    ).rowcount


def remember_last_context(connection: psycopg.Connection[Any]) -> int:
    """Fill the Chat SDK's "lastContext" where it is empty from the last answer that tells its usage."""
    return connection.execute(
        f"""UPDATE "Chat" c SET "lastContext" = told.data FROM (
              SELECT DISTINCT ON (m."chatId") m."chatId", (p -> 'data')::jsonb AS data
              FROM "Message_v2" m, {_PARTS}
              WHERE m."parts"::text LIKE '%"data-usage"%' AND p ->> 'type' = 'data-usage'
              ORDER BY m."chatId", m."createdAt" DESC, m."id"
            ) told
            WHERE told."chatId" = c."id" AND c."lastContext" IS NULL"""
    ).rowcount
