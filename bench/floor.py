"""The floor: the same statements behind bare ASGI and psycopg; no sign-in, validation, routing, row-level security.

`GET /list/<user>`, `GET /one/<component>`, `POST /new/<user>`, `PATCH /one/<component>`; and `/list-json/<user>` and
`/one-json/<component>`, where PostgreSQL writes the JSON, as it does for us, and its text goes out as it is.
"""

import os
import sys
from typing import Any

import msgspec
import uvicorn
from psycopg.rows import dict_row, scalar_row
from psycopg_pool import AsyncConnectionPool

from quartet.prompts.components import COMPONENT

_POOL: list[AsyncConnectionPool] = []
_LIST = f'{COMPONENT} WHERE c."userId" = %(id)s ORDER BY c."usageCount" DESC, c."id" DESC LIMIT 51'
_ONE = f'{COMPONENT} WHERE c."id" = %(id)s'
_STATEMENTS = {
    ("GET", "list"): _LIST,
    ("GET", "one"): _ONE,
    (
        "GET",
        "list-json",
    ): f"SELECT json_build_object('items', json_agg(found), 'nextCursor', NULL)::text FROM ({_LIST}) found",
    ("GET", "one-json"): f"SELECT row_to_json(found)::text FROM ({_ONE}) found",
    ("POST", "new"): """INSERT INTO "Component" ("userId", "type", "name", "content")
        VALUES (%(id)s, %(type)s, %(name)s, %(content)s) RETURNING *""",
    ("PATCH", "one"): 'UPDATE "Component" SET "content" = %(content)s WHERE "id" = %(id)s RETURNING *',
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        _POOL.append(AsyncConnectionPool(os.environ["DATABASE_URL"], open=False, kwargs={"autocommit": True}))
        await _POOL[0].open(wait=True)
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await _POOL[0].close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    _, what, id_ = scope["path"].split("/")
    given = {} if scope["method"] == "GET" else msgspec.json.decode((await receive())["body"])
    is_json = what.endswith("-json")
    async with (
        _POOL[0].connection() as connection,
        connection.cursor(row_factory=scalar_row if is_json else dict_row) as cursor,
    ):
        await cursor.execute(_STATEMENTS[scope["method"], what], given | {"id": id_})
        found = await cursor.fetchall()
    if is_json:
        body = found[0].encode()
    else:
        body = msgspec.json.encode({"items": found, "nextCursor": None} if what == "list" else found[0])
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
