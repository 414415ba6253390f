"""Logs for whoever runs the server: one line an event, no prompt text, no secret."""

import logging


def configure(level: int = logging.WARNING) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
