"""`quartet billing …`: what Polar knows and we may not."""

import asyncio

import typer

from quartet.billing.errors import NothingSold, SellerAway
from quartet.billing.reconciling import Reconciled, reconcile
from quartet.billing.shop import Shop
from quartet.cli.machine import direct_url, ready
from quartet.cli.terminal import Failed
from quartet.core.database import Database
from quartet.settings import Settings

app = typer.Typer(help="Plans: bring them up to what Polar knows.", no_args_is_help=True)


@app.callback()
def billing() -> None:
    """Plans: bring them up to what Polar knows."""


@app.command("reconcile")
def reconcile_all() -> None:
    """Read every subscription that Polar has, and try again the events that could not be matched or read.

    After an outage of more than half an hour: Polar gives an event up by then. A running server asks by itself too,
    about each paying customer daily and at the end of each period.
    """
    with ready(Settings.load()) as settings:
        try:
            done = asyncio.run(_reconcile(settings))
        except (NothingSold, SellerAway) as refusal:
            raise Failed(refusal.title) from None
    typer.echo(f"Read {done.read} subscriptions and put {done.corrected} plans right.")
    typer.echo(f"{done.unmatched} belong to nobody here; {done.settled} kept events could be settled now.")


async def _reconcile(settings: Settings) -> Reconciled:
    database, shop = Database(direct_url(settings)), Shop(settings.polar)
    await database.open()
    try:
        return await reconcile(database, shop)
    finally:
        await shop.close()
        await database.close()
