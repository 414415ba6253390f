"""Somebody who has a row in every table that can hold one of theirs."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pyotp
import pytest

from llm.peer import Answer, VendorPeer
from people import PASSWORD, Person, until
from pictures import a_png, upload
from quartet.core.database import Database


@dataclass
class Rich:
    """`ids` are of everything that is theirs; none of them may be left when they are gone."""

    person: Person
    chat: str
    picture: bytes
    key: str
    totp_secret: str
    ids: set[str]


async def make_rich(person: Person, database: Database, vendor: VendorPeer) -> Rich:
    vendor.script(Answer())
    await person.subscribe("pro")
    component = await person.component(content="You were a tutor.", tags=["school"])
    await person.patch(f"/api/components/{component['id']}", {"content": "You are a tutor."})
    preset = await person.preset(role="You tutor.", style="Short.")
    await person.delete(f"/api/components/{preset['styleId']}")  # a loss, and something in the trash
    picture = a_png()
    url = (await upload(person, picture, "cat.png")).json()["url"]
    body = person.question("What is this?", presetId=preset["id"])
    body["message"]["parts"].append({"type": "file", "mediaType": "image/png", "name": "cat.png", "url": url})
    async with person.asking(body) as answer:
        assert answer.status_code == 200, await answer.aread()
        await answer.aread()
    chat = body["id"]
    messages = (await person.get("/api/messages", chatId=chat)).json()["messages"]
    voted = await person.patch("/api/vote", {"chatId": chat, "messageId": messages[-1]["id"], "type": "up"})
    assert voted.status_code == 200, voted.text
    compared = await _compare(person)
    key = (await person.post("/api/account/keys", {"name": "Editor", "scopes": ["read"]})).json()["key"]
    secret = await _second_factor(person)
    others = await _what_no_route_makes(person, chat, database)
    ids = {person.id, chat, compared, component["id"], preset["id"], *(each["id"] for each in messages), *others}
    return Rich(person, chat, picture, key, secret, ids)


async def _compare(person: Person) -> str:
    question = person.question("Which?")
    body = {"id": question["id"], "message": question["message"], "left": {}, "right": {}}
    answer = await person.post("/api/comparisons", body)
    assert answer.status_code == 201, answer.text

    async def done() -> bool:
        found = (await person.get(f"/api/comparisons/{answer.json()['id']}")).json()
        return all(side["parts"] for side in found["sides"])

    await until(done)
    return question["id"]


async def _second_factor(person: Person) -> str:
    begun = (await person.post("/api/account/second-factor", {"password": PASSWORD})).json()
    code = pyotp.parse_uri(begun["uri"]).now()
    assert (await person.post("/api/account/second-factor/enable", {"code": code})).status_code == 200
    await person.post("/api/auth/login", {"email": person.email, "password": PASSWORD})  # a challenge
    return begun["secret"]


async def _what_no_route_makes(person: Person, chat: str, database: Database) -> set[str]:
    """What a Chat SDK on the same database keeps, what Polar told, and a sign-in elsewhere."""
    old, document, identity = uuid4(), uuid4(), uuid4()
    values = {
        "user": person.id,
        "chat": chat,
        "old": old,
        "document": document,
        "identity": identity,
        "customer": f"cus_{person.id}",
        "subscription": f"sub_{person.id}",
        "event": f"evt_{person.id}",
        "body": person.id.encode(),
    }
    async with database.system() as tx:
        for statement in (
            """INSERT INTO "Message" ("id", "chatId", "role", "content", "createdAt")
               VALUES (%(old)s, %(chat)s, 'user', '"Long ago \\ud800"', now())""",
            """INSERT INTO "Vote" ("chatId", "messageId", "isUpvoted") VALUES (%(chat)s, %(old)s, true)""",
            """INSERT INTO "Document" ("id", "createdAt", "title", "content", "userId")
               VALUES (%(document)s, '2026-01-02 03:04:05', 'An essay', 'Once', %(user)s)""",
            """INSERT INTO "Suggestion" ("documentId", "documentCreatedAt", "originalText", "suggestedText", "userId",
                 "createdAt")
               VALUES (%(document)s, '2026-01-02 03:04:05', 'Once', 'Twice', %(user)s, now())""",
            """INSERT INTO "UserIdentity" ("id", "userId", "provider", "issuer", "subject", "email")
               VALUES (%(identity)s, %(user)s, 'oidc', 'https://id.example', %(event)s, 'ada@id.example')""",
            """INSERT INTO "PolarCustomer" ("id", "userId") VALUES (%(customer)s, %(user)s)""",
            """INSERT INTO "PolarSubscription" ("id", "userId", "polarCustomerId", "productId", "status",
                 "cancelAtPeriodEnd", "createdAt", "modifiedAt", "eventAt")
               VALUES (%(subscription)s, %(user)s, %(customer)s, 'p', 'active', false, now(), now(), now())""",
            """INSERT INTO "PolarEvent" ("webhookId", "type", "body", "outcome", "userId")
               VALUES (%(event)s, 'order.paid', %(body)s, 'noted', %(user)s)""",
            """INSERT INTO "SignInCutoff" ("userId", "validAfter") VALUES (%(user)s, now())""",
            """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model", "inputTokens",
                 "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
               VALUES (gen_random_uuid(), gen_random_uuid(), %(user)s, 'local', 'm', 1, 1, false, '[]', '{}',
                 now() + interval '1 hour')""",
        ):
            await tx.execute(statement, values)
    return {str(each) for each in (old, document, identity)}


@pytest.fixture
async def rich(bob: Person, database: Database, vendor: VendorPeer) -> Rich:
    return await make_rich(bob, database, vendor)


async def tables(database: Database) -> list[str]:
    """Every table of the product's and the Chat SDK's."""
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'quartet_migrations'
               ORDER BY 1"""
        )
        return [row[0] for row in await cursor.fetchall()]


async def rows_of(database: Database, table: str, ids: set[str]) -> list[str]:
    """The rows of a table that mention one of these."""
    async with database.system() as tx:
        cursor = await tx.execute(
            f'SELECT to_json(t)::text FROM "{table}" t WHERE to_json(t)::text LIKE ANY(%s) ORDER BY 1',
            [[f"%{id_}%" for id_ in ids]],
        )
        return [row[0] for row in await cursor.fetchall()]


def user_of(person: Person) -> UUID:
    return UUID(person.id)
