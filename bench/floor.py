"""The floor: the same query behind bare ASGI and psycopg, without sign-in, validation, routing or transactions."""

import os
import sys
from typing import Any

import msgspec
import uvicorn
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from quartet.prompts.components import COMPONENT

_QUERY = f'{COMPONENT} WHERE c."userId" = %s ORDER BY c."usageCount" DESC, c."id" DESC LIMIT 51'
_POOL: list[AsyncConnectionPool] = []


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
    async with _POOL[0].connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_QUERY, [scope["path"][1:]])
        body = msgspec.json.encode({"items": await cursor.fetchall(), "nextCursor": None})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
