"""What a request reads with one statement: sent together with the look at who asks, in one round trip."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from quartet.accounts import sessions
from quartet.accounts.asking import authjs_of, cookie_name, mine_now, shown_key
from quartet.accounts.errors import SignInNeeded
from quartet.core.database import Database, reader

# Who asks is known to the database alone when the statement runs: the one before it has just set it.
_ME = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"


class Reader:
    """One request that only reads. A session that is not valid sees nothing, and is refused."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def rows(self, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Read with one statement, whose `%(user)s` is whoever asks. Raises `SignInNeeded`, and as `asking` does."""
        request = self._request
        token = request.cookies.get(cookie_name(request))
        if token is None or shown_key(request) is not None or authjs_of(request):
            async with mine_now(request) as my:
                return await reader(my.tx, my.id)(query, values)
        database: Database = request.app.state.database
        looked, found = await database.read(
            sessions.looking(request.app.state.secret, token), (query.replace("%(user)s", _ME), values)
        )
        if not looked:
            raise SignInNeeded
        if looked[0]["isDue"]:
            async with database.transaction(looked[0]["userId"]) as tx:
                await sessions.see(tx, looked[0]["id"])
        return found


async def _reader(request: Request) -> Reader:  # a class, or a plain function, would be called in a thread
    return Reader(request)


Reading = Annotated[Reader, Depends(_reader)]
