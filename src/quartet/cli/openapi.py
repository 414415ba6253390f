"""`quartet openapi`: the contract, for clients and for the web app's types."""

import json

import typer
from pydantic import SecretStr

from quartet.app import create_app
from quartet.settings import DatabaseSettings, ServerSettings, Settings


def openapi() -> None:
    """Print the OpenAPI description of the HTTP interface."""
    # Describing needs no database and no secret: nothing is opened until the server starts.
    described = Settings(
        server=ServerSettings(secret=SecretStr("described")), database=DatabaseSettings(url=SecretStr("described"))
    )
    typer.echo(json.dumps(create_app(described).openapi(), indent=2, ensure_ascii=False))
