from dataclasses import dataclass, field
from typing import Literal

Piece = bytes | memoryview
"""A stretch of a file; `b"".join` takes both."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`data` is the cleaned file. Width and height as they are stored: an EXIF orientation may turn them."""

    media_type: Literal["image/png", "image/jpeg"]
    data: bytes = field(repr=False)
    width: int
    height: int


class NotAPicture(ValueError):
    """Says in a sentence for a person why a file cannot be taken."""


class Damaged(NotAPicture):
    def __init__(self) -> None:
        super().__init__("The picture is damaged. Open it and save it again.")


class CutOff(NotAPicture):
    def __init__(self) -> None:
        super().__init__("The picture is not complete: its end is missing.")
