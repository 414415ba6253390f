"""A demo account to look around with: the spec's sample data and our starters. Done twice, it is done once."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from quartet.accounts import passwords, users
from quartet.core.database import Database, Transaction
from quartet.prompts import components, presets
from quartet.prompts.models import NewComponent, NewPreset
from quartet.prompts.starters import (
    SAMPLE,
    SAMPLE_PRESETS,
    STARTER_PRESETS,
    STARTERS,
    Starter,
    StarterPreset,
)

EMAIL = "test@example.com"
PASSWORD = "quartet-demo"  # noqa: S105 - printed for everybody: the account is there to be tried


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was missing and is there now."""

    components: int
    presets: int


async def seed(database: Database) -> Seeded:
    async with database.transaction() as tx:
        user = await users.find_by_email(tx, EMAIL)
        if user is None:
            user = await users.create(tx, EMAIL, await passwords.hash_password(PASSWORD))
        await tx.execute(
            """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan", "status")
               VALUES (%s, 'test_customer', 'pro', 'active') ON CONFLICT DO NOTHING""",
            [user.id],
        )
        before = await _names(tx, "Component", user.id)
        for starter in (*SAMPLE, *STARTERS):
            if starter.name not in before:
                await components.create(tx, user.id, _component(starter))
        ids = await _names(tx, "Component", user.id)
        presets_before = await _names(tx, "Preset", user.id)
    types = {starter.name: starter.type for starter in (*SAMPLE, *STARTERS)}
    missing = [each for each in (*SAMPLE_PRESETS, *STARTER_PRESETS) if each.name not in presets_before]
    for preset in missing:
        # Each at a moment of its own: lists show the newest first.
        async with database.transaction() as tx:
            await presets.create(tx, user.id, _preset(preset, ids, types))
    return Seeded(len(ids) - len(before), len(missing))


async def _names(tx: Transaction, table: str, user_id: UUID) -> dict[str, UUID]:
    cursor = await tx.execute(f'SELECT "name", "id" FROM "{table}" WHERE "userId" = %s', [user_id])
    return dict(await cursor.fetchall())


def _component(starter: Starter) -> NewComponent:
    return NewComponent(
        type=starter.type,
        name=starter.name,
        content=starter.content,
        description=starter.description,
        tags=list(starter.tags),
    )


def _preset(preset: StarterPreset, ids: dict[str, UUID], types: Mapping[str, str]) -> NewPreset:
    slots = {f"{types[name]}_id": ids[name] for name in preset.components}
    return NewPreset.model_validate({"name": preset.name, "description": preset.description, **slots})
