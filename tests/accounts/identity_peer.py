"""Two sign-in providers on loopback, of OpenID Connect and of GitHub's kind: real HTTP, real keys, told how to fail.

They say yes at once, as to somebody who is signed in there and has agreed before.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "quartet", "of quartet alone, 32 bytes long."


@dataclass
class Somebody:
    """Who is signed in there. `verified` None: the provider does not say."""

    subject: str = field(default_factory=lambda: secrets.token_hex(8))
    email: str | None = None
    verified: bool | None = True

    def claims(self) -> dict[str, Any]:
        verified = {} if self.verified is None else {"email_verified": self.verified}
        return {"sub": self.subject, **({"email": self.email, **verified} if self.email else {})}


@dataclass
class Grant:
    query: dict[str, str]
    somebody: Somebody


def _rsa() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig"}, private=True, auto_kid=True)


class IdentityPeer:
    """`lies` replace claims (None takes one out); `algorithm` and `key` are what the ID token is signed with."""

    def __init__(self) -> None:
        self.address = ""
        self.somebody = Somebody()
        self.keys = [_rsa()]
        self.asked: list[dict[str, str]] = []
        self.behave()

    def behave(self) -> None:
        """Forget all faults."""
        self.lies: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.key: RSAKey | OctKey | None = None
        self.denies = False
        self.is_away = False
        self.answers_as: str | None = None
        self.tells_email_in_userinfo = False
        self.userinfo_lies: dict[str, Any] = {}
        self._grants: dict[str, Grant] = {}
        self._tokens: dict[str, Somebody] = {}

    def rotate(self) -> None:
        self.keys = [_rsa()]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/jwks", self._jwks)
        for path in ("/authorize", "/login/oauth/authorize"):
            app.router.add_get(path, self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_post("/login/oauth/access_token", self._github_token)
        app.router.add_get("/userinfo", self._userinfo)
        app.router.add_get("/api/v3/user", self._github_user)
        app.router.add_get("/api/v3/user/emails", self._github_emails)
        return app

    async def _discovery(self, _: web.Request) -> web.Response:
        if self.is_away:
            return web.Response(status=502)
        return web.json_response(
            {
                "issuer": self.lies.get("issuer", self.address),
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/jwks",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    async def _jwks(self, _: web.Request) -> web.Response:
        return web.json_response(KeySet(self.keys).as_dict(private=False))

    async def _authorize(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.asked.append(query)
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        if self.denies:
            back = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self._grants[code] = Grant(query, self.somebody)
            back = {"code": code, "state": query["state"]}
        if self.answers_as:
            back["iss"] = self.answers_as
        raise web.HTTPFound(f"{query['redirect_uri']}?{urlencode(back)}")

    async def _redeem(self, request: web.Request) -> Grant | None:
        """Look at everything that RFC 6749 and 7636 want looked at; a code is good for one try."""
        form = await request.post()
        grant = self._grants.pop(str(form.get("code")), None)
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_client = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if grant is None or not is_client or grant.query["code_challenge"] != challenge:
            return None
        if form.get("grant_type") != "authorization_code" or form.get("redirect_uri") != grant.query["redirect_uri"]:
            return None
        return grant

    async def _token(self, request: web.Request) -> web.Response:
        grant = await self._redeem(request)
        if grant is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        told = grant.somebody.claims()
        if self.tells_email_in_userinfo:
            told = {"sub": told["sub"]}
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.query["nonce"],
            **told,
            **self.lies,
        }
        key = self.key or self.keys[0]
        header = {"alg": self.algorithm, **({"kid": self.keys[0].kid} if self.algorithm != "none" else {})}
        signed = jwt.encode(
            header, {name: value for name, value in claims.items() if value is not None}, key, [self.algorithm]
        )
        return web.json_response({"access_token": self._access(grant), "token_type": "Bearer", "id_token": signed})

    async def _github_token(self, request: web.Request) -> web.Response:
        grant = await self._redeem(request)
        if grant is None:  # GitHub says so with 200
            return web.json_response({"error": "bad_verification_code"})
        return web.json_response({"access_token": self._access(grant), "token_type": "bearer", "scope": "read:user"})

    def _access(self, grant: Grant) -> str:
        token = secrets.token_urlsafe(16)
        self._tokens[token] = grant.somebody
        return token

    def _bearer(self, request: web.Request) -> Somebody:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self._tokens:
            raise web.HTTPUnauthorized
        return self._tokens[token]

    async def _userinfo(self, request: web.Request) -> web.Response:
        return web.json_response(self._bearer(request).claims() | self.userinfo_lies)

    async def _github_user(self, request: web.Request) -> web.Response:
        somebody = self._bearer(request)
        return web.json_response({"id": int(somebody.subject, 16), "login": "somebody", "email": "shown@example.com"})

    async def _github_emails(self, request: web.Request) -> web.Response:
        somebody = self._bearer(request)
        other = {"email": "other@example.com", "primary": False, "verified": True}
        mine = {"email": somebody.email, "primary": True, "verified": bool(somebody.verified)}
        return web.json_response([other, mine] if somebody.email else [other])


@asynccontextmanager
async def an_identity_peer() -> AsyncIterator[IdentityPeer]:
    peer = IdentityPeer()
    runner = web.AppRunner(peer.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    peer.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield peer
    finally:
        await runner.cleanup()
