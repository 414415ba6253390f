"""A server that has everything a server may have, each on this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
from pydantic import SecretStr

from accounts.entering import identities, linked
from accounts.identity_peer import CLIENT_ID, CLIENT_SECRET, Somebody, an_identity_peer
from billing.buying import buy
from billing.selling import WEBHOOK, Shop, a_peer, selling
from conftest import a_server, a_settings
from isolation.belongings import Belongings, add_account
from llm.peer import VendorPeer
from quartet.settings import OAuthSettings


@asynccontextmanager
async def serving(url: str, vendor: VendorPeer) -> AsyncIterator[Shop]:
    """Serve on the database at `url`, with a model, a seller and a sign-in provider."""
    async with a_peer() as seller, an_identity_peer() as provider:
        provider.somebody = Somebody(email="owner@example.com")
        oauth = OAuthSettings(
            oidc_issuer=provider.address,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=SecretStr(CLIENT_SECRET),
        )
        settings = selling(a_settings(url, openai_url=vendor.openai_url), seller)
        async with a_server(settings.model_copy(update={"oauth": oauth})) as address:
            seller.deliverer.url = address + WEBHOOK
            yield Shop(address, seller, settings)


async def add_what_is_bought_or_linked(has: Belongings, shop: Shop) -> None:
    """Complete somebody's belongings by what needs others: a purchase, an identity, and a key and a session."""
    await buy(has.person, shop)
    await shop.peer.deliverer.settled()
    await linked(has.person)
    (identity,) = await identities(has.person)
    has.known["identity_id"] = identity["id"]
    await add_account(has)


def add_what_a_chat_sdk_made(has: Belongings, connection: psycopg.Connection) -> None:
    """Complete them by a document with a suggestion: no route of ours makes these."""
    values = {"document": uuid4(), "user": has.person.id, "mark": has.mark}
    for statement in (
        """INSERT INTO "Document" ("id", "createdAt", "title", "content", "userId")
           VALUES (%(document)s, '2026-01-02 03:04:05', %(mark)s, %(mark)s, %(user)s)""",
        """INSERT INTO "Suggestion" ("documentId", "documentCreatedAt", "originalText", "suggestedText", "userId",
             "createdAt")
           VALUES (%(document)s, '2026-01-02 03:04:05', %(mark)s, %(mark)s, %(user)s, now())""",
    ):
        connection.execute(statement, values)
    has.known |= {"GET /api/document id": str(values["document"]), "documentId": str(values["document"])}
