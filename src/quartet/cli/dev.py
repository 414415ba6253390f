"""`quartet dev polar`: a stand-in for the seller, to try billing out."""

import json
import random
import socket
from typing import Annotated

import typer
import uvicorn

from quartet.cli.terminal import Failed

app = typer.Typer(help="For those who try Quartet out or work on it.", no_args_is_help=True)

_HOST = "127.0.0.1"
_TELL = """
  A stand-in for Polar is ready at {address}
  Start Quartet with these settings (in .env):

POLAR_ACCESS_TOKEN={token}
POLAR_WEBHOOK_SECRET={secret}
POLAR_BASE_URL={address}
POLAR_PRODUCTS='{products}'

  Events go to {webhook}. Nothing is charged. Stop it with Ctrl-C; it forgets everything.
"""


@app.callback()
def dev() -> None:
    """For those who try Quartet out or work on it."""


@app.command()
def polar(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8787,
    webhook: Annotated[
        str, typer.Option(help="Where Quartet takes events.")
    ] = "http://127.0.0.1:8000/api/webhooks/polar",
    drop: Annotated[float, typer.Option(min=0, max=1, help="Lose this part of all events.")] = 0.0,
    duplicate: Annotated[float, typer.Option(min=0, max=1, help="Send this part twice.")] = 0.0,
    forge: Annotated[float, typer.Option(min=0, max=1, help="Sign this part of attempts wrongly.")] = 0.0,
    stale: Annotated[float, typer.Option(min=0, max=1, help="Sign this part of attempts ten minutes late.")] = 0.0,
    delay: Annotated[float, typer.Option(min=0, help="Wait up to so many seconds before an event.")] = 0.0,
    reorder: Annotated[bool, typer.Option(help="Do not keep events in order.")] = False,  # noqa: FBT002 - a flag
    seed: Annotated[int | None, typer.Option(help="Make what goes wrong happen again the same way.")] = None,
) -> None:
    """Serve a stand-in for Polar: its API, a pay page, a customer portal, webhooks, and a clock to push."""
    # A server starts by the same command, and need not hold what it has no use for.
    from quartet.polar_peer.app import create_app  # noqa: PLC0415
    from quartet.polar_peer.delivering import Deliverer  # noqa: PLC0415
    from quartet.polar_peer.faults import Faults  # noqa: PLC0415
    from quartet.polar_peer.peer import SECRET, TOKEN, Peer  # noqa: PLC0415

    chance = random.Random(seed)  # noqa: S311 - what goes wrong is no secret
    faults = Faults(drop, duplicate, forge, stale, delay, reorder, chance)
    listening = _listen(port)
    peer = Peer(f"http://{_HOST}:{listening.getsockname()[1]}", Deliverer(webhook, SECRET, faults))
    products = {each.id: each.plan for each in peer.organization.products.values()}
    typer.echo(
        _TELL.format(address=peer.address, token=TOKEN, secret=SECRET, products=json.dumps(products), webhook=webhook)
    )
    config = uvicorn.Config(create_app(peer), log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run([listening])


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
    except OSError:
        raise Failed(f"Port {port} is taken: stop what listens there, or give another with --port.") from None
    return listening
