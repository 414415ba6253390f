"""Any provider of OpenID Connect, Google among them: found by its issuer, believed by its signature."""

import time
from typing import Any

from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from pydantic import SecretStr

from quartet.accounts.oauth.client import exchange, read, talking
from quartet.accounts.oauth.flow import Flow
from quartet.accounts.oauth.profile import Profile, ProviderFailed, Returned

_SCOPE = "openid email"
# Signed with a key that only the provider has; never "none", never a shared secret.
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
_LEEWAY_SECONDS = 60
_METADATA_SECONDS = 3600
# A key that we do not know has us ask for the keys again, but no stranger can make us do so all the time.
_KEYS_SECONDS = 10


class OpenID:
    """`client_secret` None: a public client, which PKCE protects."""

    def __init__(self, id_: str, name: str, issuer: str, client_id: str, client_secret: SecretStr | None) -> None:
        self.id = id_
        self.name = name
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._metadata: dict[str, Any] = {}
        self._metadata_at = -float("inf")
        self._keys: KeySet | None = None
        self._keys_at = -float("inf")

    async def authorize(self, flow: Flow, redirect_uri: str) -> str:
        async with talking(self._client_id, self._client_secret, _SCOPE, redirect_uri) as client:
            metadata = await self._discover(client)
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=flow.state, code_verifier=flow.verifier, nonce=flow.nonce
            )
            return str(url)

    async def identify(self, flow: Flow, redirect_uri: str, returned: Returned) -> Profile:
        async with talking(self._client_id, self._client_secret, _SCOPE, redirect_uri) as client:
            metadata = await self._discover(client)
            if returned.issuer is not None and returned.issuer != self._issuer:
                raise ProviderFailed("another provider answered")
            if self._client_secret:
                methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
                if "client_secret_basic" not in methods:
                    client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 - a method's name
            token = await exchange(client, metadata["token_endpoint"], flow, returned)
            claims = await self._believe(client, metadata, token, flow)
            if "email" not in claims and "userinfo_endpoint" in metadata:
                told = await read(client, metadata["userinfo_endpoint"], signed=True)
                if told["sub"] != claims["sub"]:
                    raise ProviderFailed("it spoke of two people")
                claims = {**told, **claims}
            return Profile(self._issuer, str(claims["sub"]), _email(claims))

    async def _believe(
        self, client: AsyncOAuth2Client, metadata: dict[str, Any], token: Any, flow: Flow
    ) -> dict[str, Any]:
        """Check the ID token: signature, issuer, audience, time, nonce."""
        try:
            read_token = jwt.decode(token["id_token"], await self._keyset(client, metadata), _ALGORITHMS)
        except InvalidKeyIdError:  # they changed their keys
            read_token = jwt.decode(token["id_token"], await self._keyset(client, metadata, anew=True), _ALGORITHMS)
        claims = CodeIDToken(
            read_token.claims,
            read_token.header,
            options={
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
                "sub": {"essential": True},
            },
            params={"nonce": flow.nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=_LEEWAY_SECONDS)
        return dict(claims)

    async def _discover(self, client: AsyncOAuth2Client) -> dict[str, Any]:
        if time.monotonic() > self._metadata_at + _METADATA_SECONDS:
            metadata = await read(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata["issuer"] != self._issuer:
                raise ProviderFailed("it calls itself otherwise than OAUTH_OIDC_ISSUER")
            self._metadata, self._metadata_at = metadata, time.monotonic()
        return self._metadata

    async def _keyset(self, client: AsyncOAuth2Client, metadata: dict[str, Any], *, anew: bool = False) -> KeySet:
        is_old = time.monotonic() > self._keys_at + (_KEYS_SECONDS if anew else _METADATA_SECONDS)
        if self._keys is None or is_old:
            self._keys = KeySet.import_key_set(await read(client, metadata["jwks_uri"]))
            self._keys_at = time.monotonic()
        return self._keys


def _email(claims: dict[str, Any]) -> str | None:
    """Return the address, unless the provider says that nobody has shown that it is theirs."""
    email = claims.get("email")
    denied = str(claims.get("email_verified", True)).lower() == "false"  # some send a string
    return email if isinstance(email, str) and not denied else None
