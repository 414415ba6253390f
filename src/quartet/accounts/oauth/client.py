"""What both kinds of provider need of HTTP and OAuth: Authlib's client, its failures, and patience."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError
from pydantic import SecretStr

from quartet.accounts.oauth.flow import Flow
from quartet.accounts.oauth.profile import Denied, ProviderFailed, Returned

_PATIENCE_SECONDS = 10


@asynccontextmanager
async def talking(
    client_id: str, client_secret: SecretStr | None, scope: str, redirect_uri: str, *, auth_method: str | None = None
) -> AsyncIterator[AsyncOAuth2Client]:
    """Open a client for one conversation; whatever goes wrong in it is `ProviderFailed`."""
    async with AsyncOAuth2Client(
        client_id,
        client_secret.get_secret_value() if client_secret else None,
        token_endpoint_auth_method=auth_method,
        scope=scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=_PATIENCE_SECONDS,
    ) as client:
        try:
            yield client
        except (
            AuthlibBaseError,
            JoseError,
            httpx2.HTTPError,
            httpx2.InvalidURL,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            raise ProviderFailed(type(error).__name__) from error


async def exchange(client: AsyncOAuth2Client, token_endpoint: str, flow: Flow, returned: Returned) -> Mapping[str, Any]:
    """Redeem the code; raises `Denied` where there is none."""
    if returned.code is None:
        raise Denied(returned.error or "no code")
    token: Mapping[str, Any] = await client.fetch_token(
        token_endpoint, grant_type="authorization_code", code=returned.code, code_verifier=flow.verifier
    )
    return token


async def read(client: AsyncOAuth2Client, url: str, *, signed: bool = False) -> Any:
    """Read a JSON document; `signed`: with the access token of this conversation."""
    answer = await client.request("GET", url, withhold_token=not signed, headers={"accept": "application/json"})
    answer.raise_for_status()
    return answer.json()
