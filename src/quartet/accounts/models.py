from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from quartet.core.wire import KEEPABLE, Body, Text, Wire

# bcrypt reads 72 bytes; a longer password is refused instead of being cut in silence.
MAX_PASSWORD_BYTES = 72


def _fits_bcrypt(password: str) -> str:
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise ValueError(f"must be at most {MAX_PASSWORD_BYTES} bytes long")
    return password


Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"), KEEPABLE
]
NewPassword = Annotated[Text, Field(min_length=8), AfterValidator(_fits_bcrypt)]
GivenPassword = Annotated[Text, Field(max_length=1000)]


class Registration(Body):
    email: Email = Field(examples=["ada@example.com"])
    password: NewPassword = Field(examples=["correct horse battery"])


class Login(Body):
    """As loose as can be: whatever is wrong with it, the answer is the same."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), KEEPABLE]
    password: GivenPassword


class SecondStep(Body):
    """`code` is six digits of the app, or a recovery code."""

    challenge: Annotated[Text, Field(max_length=200)]
    code: Annotated[Text, Field(min_length=1, max_length=40)]


class PasswordChange(Body):
    """`current` is null only for an account that has none yet."""

    current: GivenPassword | None = None
    new: NewPassword


class Account(Wire):
    id: UUID
    email: str
    is_guest: bool
