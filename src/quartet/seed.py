"""A demo account to look around with: the spec's sample data and our starters. Done twice, it is done once."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from quartet.accounts import passwords, users
from quartet.core.database import Transaction
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


async def seed(tx: Transaction) -> Seeded:
    # Two servers that start on one empty database: the second waits, then finds nothing missing.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('seed', 0))")
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
    types = {starter.name: starter.type for starter in (*SAMPLE, *STARTERS)}
    presets_before = await _names(tx, "Preset", user.id)
    missing = [each for each in (*SAMPLE_PRESETS, *STARTER_PRESETS) if each.name not in presets_before]
    for preset in missing:
        made = await presets.create(tx, user.id, _preset(preset, ids, types))
        # Each at a moment of its own, not all at the transaction's: lists show the newest first.
        await tx.execute('UPDATE "Preset" SET "createdAt" = clock_timestamp() WHERE "id" = %s', [made.id])
    return Seeded(len(ids) - len(before), len(missing))


async def is_open(tx: Transaction) -> bool:
    """Say whether the demo account is there with the password that everybody knows."""
    user = await users.find_by_email(tx, EMAIL)
    return user is not None and await passwords.verify(PASSWORD, user.password)


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
